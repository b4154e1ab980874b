// Who works here: two sales teams with a manager each, and support. The stack has made one member of staff per role already (their ids come
// in); these are their colleagues, so that owners, teams and authors differ. [WF-CM-001, step 5]

export interface Colleague {
  id: string;
  name: string;
  email: string;
  roles: ['SALES_MANAGER' | 'SALES_REP' | 'SUPPORT_REP'];
  team: 'Sales North' | 'Sales South' | 'Support';
  managerId?: string;
}

const id = (n: number) => `c0113a90-0000-4000-8000-00000000000${n}`;

/** The colleagues, managers first; `staff` holds the ids of the members that exist, by role. */
export function colleagues(staff: Record<string, string>): Colleague[] {
  const claire = id(1);
  const rep = (n: number, name: string, team: Colleague['team'], managerId?: string): Colleague => ({
    id: id(n),
    name,
    email: `${name.toLowerCase().replaceAll(' ', '.')}@staff.example`,
    roles: [team === 'Support' ? 'SUPPORT_REP' : 'SALES_REP'],
    team,
    managerId,
  });
  return [
    { ...rep(1, 'Claire Fontaine', 'Sales South'), roles: ['SALES_MANAGER'] },
    rep(2, 'Luca Brunner', 'Sales South', claire),
    rep(3, 'Nadia Haddad', 'Sales South', claire),
    rep(4, 'Joris Devries', 'Sales South', claire),
    rep(5, 'Ingrid Solberg', 'Sales North', staff.sales_manager),
    rep(6, 'Tom Whitfield', 'Sales North', staff.sales_manager),
    rep(7, 'Priya Nair', 'Support'),
  ];
}

/** Staff ids by what they do in the story. */
export interface Crew {
  /** Sales representatives by region. */
  reps: { north: string[]; south: string[] };
  support: string[];
}

export function crewOf(staff: Record<string, string>, all: readonly Colleague[]): Crew {
  const of = (team: Colleague['team'], role: Colleague['roles'][0]) =>
    all.filter((one) => one.team === team && one.roles[0] === role).map((one) => one.id);
  return {
    reps: { north: [staff.sales_rep!, ...of('Sales North', 'SALES_REP')], south: of('Sales South', 'SALES_REP') },
    support: [staff.support_rep!, ...of('Support', 'SUPPORT_REP')],
  };
}
