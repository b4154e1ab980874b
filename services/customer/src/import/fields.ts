// The columns that a file may have: for each the noun and field that it fills, and the names by which files of this world call it (English,
// German, French, Spanish, Italian, Dutch; the exports of the well-known systems). Mapping is proposed from these names, never applied unseen.

export type FieldNoun = 'customer' | 'account' | 'contact' | 'address' | 'billing' | 'shipping';

export interface FieldSpec {
  readonly noun: FieldNoun;
  readonly name: string;
  /** Normalised names (`normaliseHeader`). */
  readonly words: readonly string[];
}

const words = (text: string): string[] => text.split(',').map(normaliseHeader);

/** Lower case, without marks, words apart: `Customer_Name`, `customerName` and `CUSTOMER NAME` are one. */
export function normaliseHeader(header: string): string {
  return header
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const ADDRESS_FIELDS = {
  street: [
    'streetLine1',
    'street,street 1,street line 1,address,address 1,address line 1,strasse,straße,anschrift,adresse,rue,calle,direccion,dirección,via,indirizzo,straat,adres,mailing street',
  ],
  street_2: ['streetLine2', 'street 2,street line 2,address 2,address line 2,adresszusatz,complement,complément d adresse,apartment,suite'],
  city: ['city', 'city,town,stadt,ort,wohnort,ville,ciudad,poblacion,citta,città,comune,plaats,woonplaats,mailing city'],
  state: ['stateProvince', 'state,province,region,state province,bundesland,kanton,provincia,estado,provincie,mailing state'],
  postal_code: [
    'postalCode',
    'zip,zip code,zipcode,postal code,postcode,post code,plz,postleitzahl,code postal,codigo postal,cap,mailing postal code,mailing zip',
  ],
  country: ['country', 'country,country code,land,staat,pays,pais,país,paese,nazione,mailing country'],
} as const;

const ADDRESS_PREFIXES = {
  billing: ['billing', 'invoice', 'bill to', 'rechnung', 'rechnungs', 'facturation', 'facturacion', 'fatturazione', 'factuur'],
  shipping: ['shipping', 'delivery', 'ship to', 'liefer', 'lieferung', 'livraison', 'envio', 'spedizione', 'verzend'],
} as const;

const own = (noun: FieldNoun, name: string, text: string): FieldSpec => ({ noun, name, words: words(text) });
const addresses = <N extends 'billing' | 'shipping'>(noun: N): Record<`${N}_${keyof typeof ADDRESS_FIELDS}`, FieldSpec> =>
  Object.fromEntries(
    Object.entries(ADDRESS_FIELDS).map(([key, [name, text]]) => {
      const combined = ADDRESS_PREFIXES[noun].flatMap((prefix) =>
        words(text).flatMap((word) => [`${prefix} ${word}`, `${prefix}${word}`, `${word} ${prefix}`]),
      );
      return [`${noun}_${key}`, { noun, name, words: combined }];
    }),
  ) as never;

export const FIELDS = {
  customer_external_id: own(
    'customer',
    'externalId',
    'id,external id,customer id,customer number,customer no,account id,account number,kundennummer,kunden nr,kundennr,kunden id,debitor,debitorennummer,numero client,numéro client,n client,code client,numero de cliente,codigo cliente,codice cliente,klantnummer,record id,contact id,crm id,hubspot id,18 digit id,account id 18',
  ),
  customer_type: own(
    'customer',
    'type',
    'type,customer type,kind,record type,kundentyp,kundenart,typ,type de client,tipo de cliente,tipo,tipo cliente,klanttype',
  ),
  customer_name: own(
    'customer',
    'displayName',
    'name,customer,customer name,display name,full name,account name,kunde,kundenname,nom complet,nom du client,nombre completo,cliente,nome completo,nome cliente,klant,naam,klantnaam',
  ),
  customer_first_name: own('customer', 'firstName', 'person first name'),
  customer_last_name: own('customer', 'lastName', 'person last name'),
  customer_email: own('customer', 'email', 'customer email,company email,general email,office email,account email,firmen email'),
  customer_phone: own('customer', 'phone', 'customer phone,company phone,main phone,office phone,account phone,switchboard,zentrale'),
  customer_status: own('customer', 'status', 'status,customer status,kundenstatus,statut,estado del cliente,stato'),
  customer_source: own('customer', 'source', 'source,lead source,origin,herkunft,quelle,origine,origen,fuente,fonte,bron'),
  customer_stage: own('customer', 'initialStage', 'stage,lifecycle stage,lead status,phase,etape,etapa,fase'),
  customer_owner: own(
    'customer',
    'owner',
    'owner,owner email,account owner,contact owner,sales rep,betreuer,verkaeufer,verkäufer,zustandig,zuständig,proprietaire,responsable,propietario,responsabile,eigenaar',
  ),
  account_legal_name: own(
    'account',
    'legalName',
    'company,company name,legal name,organisation,organization,organization name,firma,firmenname,unternehmen,gesellschaft,societe,société,entreprise,raison sociale,empresa,razon social,azienda,ragione sociale,societa,bedrijf,bedrijfsnaam',
  ),
  account_dba_name: own(
    'account',
    'dbaName',
    'dba,dba name,trading name,trade name,doing business as,handelsname,nom commercial,nombre comercial,nome commerciale,handelsnaam',
  ),
  account_tax_id: own(
    'account',
    'taxId',
    'tax id,tax number,vat,vat id,vat number,vat no,ein,ust id,ust idnr,ust id nr,ustid,umsatzsteuer id,steuernummer,numero de tva,n tva,tva,nif,cif,partita iva,p iva,btw nummer,btw',
  ),
  account_country: own('account', 'country', 'tax country,country of registration,registered country,sitzland'),
  account_industry: own('account', 'industry', 'industry,sector,branche,secteur,industria,settore,bedrijfstak'),
  account_employees: own(
    'account',
    'employeeCount',
    'employees,number of employees,employee count,headcount,mitarbeiter,mitarbeiterzahl,anzahl mitarbeiter,effectif,empleados,dipendenti,medewerkers',
  ),
  account_revenue: own(
    'account',
    'annualRevenue',
    'revenue,annual revenue,turnover,umsatz,jahresumsatz,chiffre d affaires,facturacion anual,fatturato,omzet',
  ),
  account_website: own('account', 'website', 'website,web site,web,url,homepage,webseite,internet,site web,sitio web,sito web'),
  contact_name: own(
    'contact',
    'fullName',
    'contact,contact name,contact person,contact full name,ansprechpartner,kontakt,kontaktperson,interlocuteur,persona de contacto,persona di contatto,contatto,contactpersoon',
  ),
  contact_first_name: own(
    'contact',
    'firstName',
    'contact first name,first name,firstname,given name,forename,vorname,prenom,prénom,nombre,nome,voornaam',
  ),
  contact_last_name: own(
    'contact',
    'lastName',
    'contact last name,last name,lastname,surname,family name,nachname,familienname,nom,nom de famille,apellido,apellidos,cognome,achternaam',
  ),
  contact_email: own(
    'contact',
    'email',
    'contact email,email,e mail,mail,email address,e mail address,e mail adresse,email adresse,courriel,adresse e mail,correo,correo electronico,posta elettronica',
  ),
  contact_phone: own(
    'contact',
    'phone',
    'contact phone,phone,phone number,telephone,tel,mobile,mobile phone,cell,cell phone,telefon,telefonnummer,handy,mobil,telephone mobile,téléphone,portable,telefono,teléfono,movil,móvil,cellulare,telefoon,telefoonnummer,gsm',
  ),
  contact_job_title: own(
    'contact',
    'jobTitle',
    'job title,title,position,role,funktion,stellung,poste,fonction,cargo,puesto,ruolo,qualifica,functie',
  ),
  contact_roles: own('contact', 'roles', 'contact roles,buying role,contact role'),
  contact_is_primary: own(
    'contact',
    'isPrimary',
    'primary,is primary,primary contact,main contact,hauptkontakt,contact principal,contacto principal,contatto principale',
  ),
  address_type: own('address', 'addressType', 'address type,adresstyp,type d adresse,tipo de direccion,tipo di indirizzo'),
  ...(Object.fromEntries(
    Object.entries(ADDRESS_FIELDS).map(([key, [name, text]]) => [`address_${key}`, own('address', name, text)]),
  ) as Record<`address_${keyof typeof ADDRESS_FIELDS}`, FieldSpec>),
  ...addresses('billing'),
  ...addresses('shipping'),
} satisfies Record<string, FieldSpec>;

export type ImportField = keyof typeof FIELDS;
export const IMPORT_FIELDS = Object.keys(FIELDS) as ImportField[];
