// The people of the local stacks: one member of staff per role with a fixed id, so that a token's `sub` is a StaffMember's id. The first admin
// comes from BOOTSTRAP_ADMIN of the customer service, the others are created by that admin through the graph, like in any installation.
import type { Log } from './stack.ts';

export const HUMAN_ROLES = ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'auditor'] as const;
export type HumanRole = (typeof HUMAN_ROLES)[number];

interface Person {
  id: string;
  name: string;
  email: string;
  team?: string;
  manager?: HumanRole;
}

const id = (n: number) => `5eed0000-0000-4000-8000-00000000000${n}`;

export const STAFF: Record<HumanRole, Person> = {
  admin: { id: id(1), name: 'Alex Admin', email: 'alex.admin@staff.example' },
  sales_manager: { id: id(2), name: 'Mara Manager', email: 'mara.manager@staff.example', team: 'Sales North' },
  sales_rep: { id: id(3), name: 'Robin Rep', email: 'robin.rep@staff.example', team: 'Sales North', manager: 'sales_manager' },
  support_rep: { id: id(4), name: 'Sam Support', email: 'sam.support@staff.example', team: 'Support' },
  marketing: { id: id(5), name: 'Mika Marketing', email: 'mika.marketing@staff.example', team: 'Marketing' },
  dpo: { id: id(6), name: 'Dana Dpo', email: 'dana.dpo@staff.example' },
  auditor: { id: id(7), name: 'Uma Auditor', email: 'uma.auditor@staff.example' },
};

export const bootstrapAdmin = JSON.stringify({ id: STAFF.admin.id, name: STAFF.admin.name, email: STAFF.admin.email });

const CREATE = `mutation CreateStaff($input: CreateStaffMemberInput!) { createStaffMember(input: $input) { __typename ... on StaffMember { id } ... on Problem { message } } }`;

/** Creates whoever is missing. Repeatable: the idempotency key answers the first result. */
export async function createStaff(graph: string, adminToken: string, log: Log): Promise<void> {
  for (const role of HUMAN_ROLES) {
    if (role === 'admin') continue;
    const { manager, ...person } = STAFF[role];
    const input = {
      ...person,
      roles: [role.toUpperCase()],
      managerId: manager && STAFF[manager].id,
      idempotencyKey: `local-staff-${role}`,
    };
    const response = await fetch(graph, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ query: CREATE, variables: { input } }),
      signal: AbortSignal.timeout(20_000),
    });
    const { data, errors } = (await response.json()) as { data?: any; errors?: Array<{ message: string }> };
    const typename = data?.createStaffMember?.__typename;
    if (typename === 'StaffMember' || typename === 'StaffEmailTaken') continue;
    log(
      `staff member for role ${role} could not be created: ${errors?.[0]?.message ?? data?.createStaffMember?.message ?? response.status}`,
    );
  }
}
