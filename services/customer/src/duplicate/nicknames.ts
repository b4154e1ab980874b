// Names by which one person may go: the head of each line is the full form. Compiled from common usage in English, with the forms that German, Spanish,
// French, Italian and Slavic speakers meet most. A name may stand in several lines (alex). Data only; additions are welcome.

const GROUPS = `abigail abby abbie gail
abraham abe bram
adelaide addie adele
adrian ade
agnes aggie
albert al bert bertie alberto albrecht
alexander alex alec alek sandy xander sasha alejandro alessandro aleksander lex
alexandra alex sandra alexa lexi sasha alejandra alessandra sandy
alfred al alf fred freddie alfredo
alice ali allie alicia
alison ali allie allison alyson
amanda mandy manda
amelia amy millie emmy
andrew andy drew andreas andre andres andrea andrzej andrei
angela angie angelica
anna ann anne annie anita anya anja hannah ania annette
anthony tony antonio anton antoine toni
antonia toni tonia antonella
arthur art artie arturo
barbara barb babs barbie bobbie
barry baz
beatrice bea trixie beatriz
benjamin ben benny benji
bernard bernie bernhard bernd bernardo
bradley brad
bridget biddy bridie brigitte britta
brian bryan bri
calvin cal
cameron cam
carl karl carlo carlos charles
caroline carol carrie caro carolina carolyn lina
catherine kate cathy katie kathy kitty katherine kathryn catharine katharina kathrin katrin katya catalina caterina cate kat cath
cecilia cecily cissy celia
charles charlie chuck chas chip carlos carl karl
charlotte lottie charlie lotte char
christian chris kristian
christina chris tina christine chrissy kristina kristin christa kirsten kirsty tine
christopher chris kit topher cristobal kris christoph christophe christof
clarence clar
claudia claudie
clifford cliff
constance connie
cornelius neil corny con
courtney court
curtis curt kurt
cynthia cindy
daniel dan danny dani daniele
danielle dani daniela
david dave davey davy dawid
deborah deb debbie debra debs
dennis denny denis
desmond des
diana di diane
dominic dom nick domenico dominik
donald don donny
dorothy dot dotty dolly dorothea dora thea
douglas doug
duncan dunc
edgar ed eddie
edmund ed eddie ned ted
edward ed eddie ned ted teddy eduardo eduard edouard
edwin ed eddie
eleanor ellie nell nora elle leonora eleonora elinor
elizabeth liz lizzy beth betty betsy eliza lisa elsie libby bess elisabeth elise ella liza lizzie lilibet isabel elisabetta elsa
emily em emmy millie emilia
emma em emmy
eric rick ricky erik erich
ernest ernie ernst ernesto
esther essie hester
eugene gene eugen
eve eva evie
evelyn evie eve
felicity fliss flick
florence flo florrie
frances fran fanny francesca franziska francoise franka frankie
francis frank fran francesco francisco franz francois paco pancho frankie
frederick fred freddie freddy fritz friedrich federico frederic rick
gabriel gabe
gabrielle gabby gabriela gaby gabi
geoffrey geoff jeff jeffrey
george georgie jorge georg giorgio georges jerzy
gerald gerry jerry gerard gerardo
geraldine gerry gerri
gertrude trudy gertie
gilbert gil bert
gordon gord
grace gracie
graham gray graeme
gregory greg gregor grzegorz
gustav gus gustavo
gwendolyn gwen wendy
harold hal harry
harriet hattie
helen nell nellie helena lena elena ellen helene
henry hank harry hal heinrich heinz henri enrique enrico henryk hendrik
herbert herb bert
hubert hugh bert
howard howie
hugh hughie hugo
ian iain
ignatius iggy nacho ignacio
irene renie
isaac ike zac
isabella bella izzy isabel isabelle ella isa
jacob jake jakob jakub
jacqueline jackie jacqui
james jim jimmy jamie jem jaime santiago diego
janet jan jane
jane janie jenny jana
janice jan
jasmine jas jazz
jason jay
jean jeannie jeanne
jeffrey jeff geoff geoffrey jeffery
jennifer jen jenny jenna
jeremy jem jerry jeremiah
jerome jerry
jessica jess jessie
jill jilly gillian gill
joan joanie jo
joanna jo joanne johanna
john johnny jack jon jonny juan johann hans johannes ivan jean giovanni jan sean ian evan
jonathan jon jonny nathan johnathan jonathon
joseph joe joey jose josef giuseppe pepe josep jozef sepp beppe
josephine jo josie josefina
joshua josh
joyce joy
juan juanito
judith judy judi
julia julie jules juliana julieta
julian jules
justin jus
karen kari
katherine kate katie kathy kit kitty kat kay catherine kathryn
kathleen kath kathy kathi
keith keef
kenneth ken kenny
kevin kev
kimberly kim kimberley
laura laurie lori
lawrence larry laurie lars lorenzo laurent laurence loren lorenz
leonard leo len lenny leonardo leonhard
leslie les lesley
lewis lew lou louis
lillian lily lil lilly
linda lindy lynn
louis lou louie lewis luis luigi ludwig lajos
louise lou lulu luise luisa
lucas luke lukas luca
lucy lucia lucie
lydia liddy
madeline maddie madeleine maddy
malcolm mal
marcus marc mark marco marcos markus
margaret maggie meg peggy marge margie rita greta margot madge margarita margarete margarethe marguerite gretel peg daisy
maria mary marie mia
marianne mary anne marian
marilyn mari
marjorie marge margie
mark marcus marc marco
martha marty mattie
martin marty martino
mary molly polly mamie may maria marie minnie moira
matilda tilly mattie mathilde
matthew matt matty mathew matthias mateo matteo mathias matthieu
maureen mo reen
maurice mo morris moritz mauricio maurizio
maximilian max maxim
melanie mel
melissa mel lissa missy
michael mike mick mickey micky miguel michel mikhail mischa michele michal misha
michelle shelly chelle michele
mildred millie
mohammed mohammad muhammad mohamed mo ahmed
monica mo monika
nancy nan
natalie nat natalia natasha
nathaniel nat nate nathan
nicholas nick nicky nico nicolas klaus nikolaus nicola nikolai niklas claus mikolaj
nicole nicky nikki nicola
norman norm
oliver ollie olivier
olivia livvy liv livia
oscar ozzie oskar
pamela pam
patricia pat patsy trish tricia patty paddy
patrick pat paddy rick patricio
paul pablo paolo pavel pawel pauly
paula polly pauline
penelope penny nell
peter pete pedro pietro petra piotr pierre petr
philip phil pip phillip felipe philippe filippo philipp
phyllis phyl
priscilla cilla prissy
rachel rach rae rachael raquel
ralph ralf raoul
raymond ray raimund ramon
rebecca becky becca bex
regina reggie gina
reginald reg reggie
richard rick dick rich ricky richie ricardo dickie riccardo
robert rob bob bobby robbie bert roberto rupert robin
roberta bobbie robbie
roderick rod roddy
rodney rod
roger rog rodger rudiger
roland rolly rollo
ronald ron ronny ronnie
rosemary rose rosie romy
rose rosie rosa
roxanne roxy
rudolph rudy rolf rudolf rodolfo
russell russ rusty
ruth ruthie
samantha sam sammy
samuel sam sammy
sandra sandy alexandra
sarah sally sal sadie sara
scott scotty
sebastian seb bas bastian
sharon shari
shirley shirl
simon si simone
sophia sophie sofia sonja sonia sofie
stanley stan
stephanie steph stefanie steffi
stephen steve steven stevie stefan stephan esteban stefano etienne stevan szczepan
stuart stu stewart
susan sue susie suzy suzanne susanna susanne suzanna
sylvia syl silvia sylvie
tabitha tabby
tamara tammy tam
teresa terry tess theresa terri therese tessa
terence terry terrence
theodore ted teddy theo theodor teodoro
thomas tom tommy thom tomas tommaso tomasz
timothy tim timmy timo
tobias toby tobi
ursula uschi ulla
valerie val
vanessa nessa
veronica ronnie vera veronika
victor vic viktor vittorio
victoria vicky tori vicki vic viktoria
vincent vince vinnie vinny vincenzo vicente
violet vi
virginia ginny ginger
vivian viv vivienne
walter wally walt gualtiero
warren wazza
wesley wes
wilfred wilf fred
wilhelmina mina minnie wilma
william will bill billy willy liam wilhelm guillermo guillaume willem guglielmo willi
winifred winnie freda
yvonne eve
zachary zac zach zack
zoe zoey`;

const groups = new Map<string, number[]>();
const heads: string[] = [];
GROUPS.split('\n').forEach((line, group) => {
  const names = line.split(' ');
  heads.push(names[0]!);
  for (const name of names) groups.set(name, [...(groups.get(name) ?? []), group]);
});

/** May these two given names be one person's? */
export function sameNickname(a: string, b: string): boolean {
  const left = groups.get(a);
  const right = left && groups.get(b);
  return right !== undefined && left!.some((group) => right.includes(group));
}

/** The full form under which a given name is indexed: itself when it heads a line, else the head of its first. */
export function fullForm(name: string): string {
  const found = groups.get(name);
  return found ? (found.some((group) => heads[group] === name) ? name : heads[found[0]!]!) : name;
}
