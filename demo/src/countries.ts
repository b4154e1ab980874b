// The eight countries of the demo: what a name, an address and a telephone number look like there. Telephone numbers lie in, or beside, the
// ranges that the country keeps for fiction where it has any. [International phone format]

export interface City {
  name: string;
  postalCode: string;
  state?: string;
  latitude: string;
  longitude: string;
}

export interface Country {
  code: string;
  currency: string;
  /** Which sales team looks after it. */
  region: 'north' | 'south';
  legalForms: readonly string[];
  firstNames: readonly string[];
  lastNames: readonly string[];
  cities: readonly City[];
  street(name: string, number: number): string;
  streets: readonly string[];
  /** A number, different for every n below 1,000; as written at home, or with the country code. */
  phone(n: number): { national: string; international: string };
}

const words = (text: string): string[] => text.split(' ');
const city = (name: string, postalCode: string, latitude: string, longitude: string, state?: string): City => ({
  name: name.replaceAll('_', ' '),
  postalCode,
  latitude,
  longitude,
  state,
});
const pad = (n: number, length: number) => String(n).padStart(length, '0');
const behind = (name: string, number: number) => `${name.replaceAll('_', ' ')} ${number}`;
const before = (name: string, number: number) => `${number} ${name.replaceAll('_', ' ')}`;

export const COUNTRIES: readonly Country[] = [
  {
    code: 'DE',
    currency: 'EUR',
    region: 'south',
    legalForms: ['GmbH', 'AG', 'KG'],
    firstNames: words('Anna Jonas Lena Felix Mia Paul Clara Lukas Marie Moritz Greta Emil Sophie Henrik Frieda Karl'),
    lastNames: words('Keller Vogt Brandt Hoffmann Lorenz Krüger Seidel Busch Winkler Jäger Arnold Böhm Sommer Haas Pohl Engel'),
    cities: [
      city('München', '80331', '48.1374', '11.5755', 'Bayern'),
      city('Hamburg', '20095', '53.5511', '9.9937', 'Hamburg'),
      city('Köln', '50667', '50.9375', '6.9603', 'Nordrhein-Westfalen'),
      city('Leipzig', '04109', '51.3397', '12.3731', 'Sachsen'),
      city('Freiburg', '79098', '47.9990', '7.8421', 'Baden-Württemberg'),
    ],
    streets: words('Lindenstraße Bahnhofstraße Gartenweg Schillerplatz Mühlgasse Am_Wasserturm Rosenweg'),
    street: behind,
    phone: (n) => ({ national: `030 23125 ${pad(n, 3)}`, international: `+49 30 23125 ${pad(n, 3)}` }),
  },
  {
    code: 'AT',
    currency: 'EUR',
    region: 'south',
    legalForms: ['GmbH', 'OG', 'AG'],
    firstNames: words('Johanna Sebastian Valentina Florian Theresa Matthias Katharina Dominik Elisabeth Tobias'),
    lastNames: words('Gruber Steiner Moser Leitner Berger Fuchs Eder Wimmer Brunner Auer Lechner Aigner'),
    cities: [
      city('Wien', '1010', '48.2082', '16.3738', 'Wien'),
      city('Graz', '8010', '47.0707', '15.4395', 'Steiermark'),
      city('Salzburg', '5020', '47.8095', '13.0550', 'Salzburg'),
      city('Linz', '4020', '48.3069', '14.2858', 'Oberösterreich'),
    ],
    streets: words('Kirchengasse Hauptplatz Mozartstraße Feldgasse Sonnenweg Wiener_Straße'),
    street: behind,
    phone: (n) => ({ national: `01 7140${pad(n, 3)}`, international: `+43 1 7140${pad(n, 3)}` }),
  },
  {
    code: 'CH',
    currency: 'CHF',
    region: 'south',
    legalForms: ['AG', 'GmbH', 'Sàrl'],
    firstNames: words('Noémie Luca Elena Nico Chiara Reto Sandra Beat Ladina Urs Mélanie Fabian'),
    lastNames: words('Frei Baumann Zbinden Favre Meier Rochat Kunz Bernasconi Graf Aebischer Suter Caduff'),
    cities: [
      city('Zürich', '8001', '47.3769', '8.5417', 'ZH'),
      city('Bern', '3011', '46.9480', '7.4474', 'BE'),
      city('Lausanne', '1003', '46.5197', '6.6323', 'VD'),
      city('Lugano', '6900', '46.0037', '8.9511', 'TI'),
    ],
    streets: words('Seestrasse Rathausgasse Bergweg Rue_du_Lac Via_Nassa Kornhausplatz'),
    street: behind,
    phone: (n) => ({ national: `044 668 1${pad(n, 3).slice(0, 1)} ${pad(n, 3).slice(1)}`, international: `+41 44 668 1${pad(n, 3)}` }),
  },
  {
    code: 'FR',
    currency: 'EUR',
    region: 'south',
    legalForms: ['SAS', 'SARL', 'SA'],
    firstNames: words('Camille Hugo Manon Louis Inès Jules Léa Antoine Chloé Baptiste Margaux Rémi'),
    lastNames: words('Moreau Lefèvre Garnier Roussel Fontaine Chevalier Perrin Lemoine Gauthier Marchand Colin Renaud'),
    cities: [
      city('Lyon', '69002', '45.7640', '4.8357', 'Auvergne-Rhône-Alpes'),
      city('Nantes', '44000', '47.2184', '-1.5536', 'Pays de la Loire'),
      city('Strasbourg', '67000', '48.5734', '7.7521', 'Grand Est'),
      city('Paris', '75011', '48.8600', '2.3795', 'Île-de-France'),
    ],
    streets: words('rue_des_Lilas avenue_Jean_Jaurès place_du_Marché rue_Pasteur quai_de_la_Loire'),
    street: before,
    phone: (n) => ({
      national: `01 99 00 ${pad(n, 4).slice(0, 2)} ${pad(n, 4).slice(2)}`,
      international: `+33 1 99 00 ${pad(n, 4).slice(0, 2)} ${pad(n, 4).slice(2)}`,
    }),
  },
  {
    code: 'NL',
    currency: 'EUR',
    region: 'north',
    legalForms: ['B.V.', 'N.V.'],
    firstNames: words('Sanne Daan Fleur Bram Lotte Sem Eva Thijs Femke Ruben Noor Jasper'),
    lastNames: words('Jansen Bakker Visser Smit Mulder Dekker Vermeer Kuiper Postma Hoekstra Veenstra Brouwer'),
    cities: [
      city('Utrecht', '3511 AB', '52.0907', '5.1214', 'Utrecht'),
      city('Rotterdam', '3011 AA', '51.9225', '4.4792', 'Zuid-Holland'),
      city('Groningen', '9711 LM', '53.2194', '6.5665', 'Groningen'),
      city('Eindhoven', '5611 EC', '51.4416', '5.4697', 'Noord-Brabant'),
    ],
    streets: words('Oudegracht Stationsplein Molenstraat Dorpsweg Kastanjelaan Havenkade'),
    street: behind,
    phone: (n) => ({ national: `030 555 0${pad(n, 3)}`, international: `+31 30 555 0${pad(n, 3)}` }),
  },
  {
    code: 'GB',
    currency: 'GBP',
    region: 'north',
    legalForms: ['Ltd', 'plc', 'LLP'],
    firstNames: words('Oliver Amelia Harry Isla George Freya Callum Niamh Rhys Eleanor Alfie Imogen'),
    lastNames: words('Hartley Pemberton Sinclair Ashworth Whitmore Gallagher Prescott Llewellyn Fairbanks Drummond Kendrick Barlow'),
    cities: [
      city('Leeds', 'LS1 4AP', '53.8008', '-1.5491', 'West Yorkshire'),
      city('Bristol', 'BS1 4DJ', '51.4545', '-2.5879', 'Bristol'),
      city('Edinburgh', 'EH1 1YZ', '55.9533', '-3.1883', 'Scotland'),
      city('Cardiff', 'CF10 1EP', '51.4816', '-3.1791', 'Wales'),
    ],
    streets: words('High_Street Station_Road Mill_Lane Church_Walk Victoria_Terrace Queens_Drive'),
    street: before,
    phone: (n) => ({ national: `020 7946 0${pad(n, 3)}`, international: `+44 20 7946 0${pad(n, 3)}` }),
  },
  {
    code: 'US',
    currency: 'USD',
    region: 'north',
    legalForms: ['Inc.', 'LLC', 'Corp.'],
    firstNames: words('Madison Ethan Harper Mason Avery Logan Riley Carter Quinn Wyatt Naomi Julian'),
    lastNames: words('Ramirez Caldwell Nguyen Whitaker Delgado Harmon Okafor Sutton Mercer Langley Bishop Vance'),
    cities: [
      city('Portland', '97204', '45.5152', '-122.6784', 'OR'),
      city('Austin', '78701', '30.2672', '-97.7431', 'TX'),
      city('Denver', '80202', '39.7392', '-104.9903', 'CO'),
      city('Madison', '53703', '43.0731', '-89.4012', 'WI'),
    ],
    streets: words('Maple_Avenue Oak_Street Sunset_Boulevard Lakeview_Drive Pioneer_Road Cedar_Court'),
    street: before,
    // 555-0100 to 555-0199 in ten area codes.
    phone: (n) => {
      const area = ['503', '512', '303', '608', '206', '415', '312', '617', '404', '702'][Math.floor(n / 100) % 10]!;
      return { national: `(${area}) 555-01${pad(n % 100, 2)}`, international: `+1 ${area} 555 01${pad(n % 100, 2)}` };
    },
  },
  {
    code: 'SE',
    currency: 'SEK',
    region: 'north',
    legalForms: ['AB', 'Handelsbolag'],
    firstNames: words('Astrid Oskar Elsa Viktor Saga Axel Linnea Nils Ebba Gustav Tuva Isak'),
    lastNames: words('Lindqvist Bergström Sandberg Nyström Holm Ekdahl Forsberg Wallin Åkesson Hedlund Sjöberg Norling'),
    cities: [
      city('Göteborg', '411 03', '57.7089', '11.9746', 'Västra Götaland'),
      city('Malmö', '211 20', '55.6050', '13.0038', 'Skåne'),
      city('Uppsala', '753 10', '59.8586', '17.6389', 'Uppsala län'),
      city('Umeå', '903 26', '63.8258', '20.2630', 'Västerbotten'),
    ],
    streets: words('Storgatan Kungsgatan Skolvägen Björkvägen Strandpromenaden Ängsgatan'),
    street: behind,
    phone: (n) => ({ national: `08-465 00 ${pad(n, 3)}`, international: `+46 8 465 00 ${pad(n, 3)}` }),
  },
];

/** What one unit of a currency was worth in euro; fixed, since the story must not change with the market. */
export const EURO_RATE: Readonly<Record<string, number>> = { EUR: 1, CHF: 1.05, GBP: 1.17, USD: 0.92, SEK: 0.088 };

export const countryOf = (code: string): Country => {
  const country = COUNTRIES.find((one) => one.code === code);
  if (!country) throw new Error(`no demo country ${code}`);
  return country;
};
