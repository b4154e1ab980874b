// The words around names that say nothing of who somebody is: titles and degrees, particles, forms of law, words that half of all firms bear.
// Sources: ISO 20275 (entity legal forms) for the forms of law, common usage for the rest. Data only.

const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

export const TITLES =
  list(`mr mrs ms miss mx master sir dame lord lady dr doctor prof professor rev reverend fr father sister hon judge capt captain col
  colonel gen general lt major sgt herr frau fraulein dipl ing mag mgr bc monsieur madame mademoiselle mme mlle senor senora senorita sr sra srta dott dottssa
  signor signora sig dhr mevr mevrouw pan pani`);

export const SUFFIXES = list('jr junior sr senior ii iii iv 2nd 3rd');
export const DEGREES = list('phd md esq mba msc bsc ma ba cpa dds rn llm llb pharmd do dvm');

export const PARTICLES = list(
  'van von der den de la le del della di da dos das du al el bin ibn ter ten zu zum zur af av st saint ben abu',
);

export const LEGAL_FORMS =
  list(`inc incorporated corp corporation co company cos ltd limited llc llp lp plc pllc pc pty gmbh mbh ag kg kgaa ohg gbr ug ev eg se sa sas sarl
  sarlu sasu snc eurl bv nv vof cv spa srl srls sl slu sau sc ab as asa aps oy oyj kft zrt nyrt rt doo dd ad ood eood sro spol zoo sp pte pvt
  kk gk bhd sdn jsc pjsc oao ooo zao tov lda ltda eireli sapi rl cic cio unlimited haftungsbeschrankt`);

/** Words that many organisations share: they count, but little. */
export const COMMON_WORDS =
  list(`the and of for a an de la le les el los las di da der die das und y e et group holding holdings international global national american
  services service solutions systems system technologies technology tech software consulting consultants partners associates enterprises industries
  trading management capital investments properties construction center centre school academy church restaurant cafe bar grill hotel house store shop
  foundation association institute university college hospital clinic health care medical community family child children development learning early
  program public city county state north south east west new st saint first united general best la`);

/** Mailboxes of a function, not of a person. */
export const ROLE_MAILBOXES =
  list(`info office sales admin contact support hello mail help service accounts accounting billing enquiries inquiries team hr jobs kontakt
  buero verkauf post webmaster marketing noreply reception invoices orders`);

/** Anybody can have a mailbox there: such a domain says nothing of an organisation (decisions page). */
export const PUBLIC_MAIL =
  list(`gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.ca yahoo.com.au yahoo.com.br yahoo.co.in yahoo.co.jp
  ymail.com rocketmail.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it hotmail.es outlook.com outlook.de outlook.fr live.com live.co.uk live.de
  live.fr live.nl msn.com icloud.com me.com mac.com aol.com aol.de aim.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de
  online.de posteo.de mailbox.org protonmail.com proton.me pm.me tutanota.com tuta.io fastmail.com zoho.com hey.com mail.com email.com usa.com
  orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it telefonica.net terra.es
  btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net
  earthlink.net optonline.net rogers.com shaw.ca bell.net bigpond.com optusnet.com.au ziggo.nl kpnmail.nl planet.nl telenet.be skynet.be
  bluewin.ch sunrise.ch aon.at chello.at wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz mail.ru yandex.ru rambler.ru bk.ru inbox.ru
  qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net rediffmail.com uol.com.br bol.com.br terra.com.br`);

/** Words of streets and their short forms. */
export const STREET_WORDS: Readonly<Record<string, string>> = {
  street: 'st',
  str: 'st',
  strasse: 'st',
  avenue: 'av',
  ave: 'av',
  boulevard: 'bl',
  blvd: 'bl',
  blv: 'bl',
  road: 'rd',
  drive: 'dr',
  lane: 'ln',
  court: 'ct',
  crescent: 'cr',
  cres: 'cr',
  cct: 'cir',
  circuit: 'cir',
  circle: 'cir',
  place: 'pl',
  platz: 'pl',
  square: 'sq',
  highway: 'hwy',
  parkway: 'pkwy',
  terrace: 'ter',
  tce: 'ter',
  close: 'cl',
  suite: 'ste',
  apartment: 'apt',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  saint: 'st',
  mount: 'mt',
  first: '1st',
  second: '2nd',
  third: '3rd',
  fourth: '4th',
  fifth: '5th',
  sixth: '6th',
  seventh: '7th',
  eighth: '8th',
  ninth: '9th',
  tenth: '10th',
};

/** Kinds of street: they alone make no two streets alike. */
export const STREET_KINDS = list('st av bl rd dr ln ct cr cir pl sq hwy pkwy ter cl way n s e w ne nw se sw calle rue via weg allee gasse');
