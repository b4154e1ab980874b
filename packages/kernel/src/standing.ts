// A token says who somebody was when it was signed; the staff directory says what they may do now. Every request of staff is held to both, so that a role that
// was taken away, or a deactivation, counts from the next request on, however long the token lives (docs/decisions/0021). The directory takes away and
// never gives, and whom it does not know keeps what the token says.
import { type Actor, ROLES, type Role } from './actor.ts';
import type { ServiceContext } from './context.ts';
import { statementCount } from './database.ts';
import { forbidden } from './problem.ts';
import { isUuid } from './scalars.ts';

/** What the directory says of a member of staff. */
export interface Standing {
  readonly roles: readonly string[];
  readonly active: boolean;
}

export type StandingOf = (ctx: ServiceContext, staffId: string) => Promise<Standing | undefined>;

/** The news key of a member of staff: publish it once a change has committed. */
export const standingNews = (staffId: string): string => `staff ${staffId}`;

/** How long another instance's change may go unnoticed where no event tells of it. */
const KEPT_MS = 1_000;

/** Answers the actor with the roles that token and directory agree on; throws FORBIDDEN where none is left. */
export function heldToDirectory(ctx: ServiceContext, standingOf: StandingOf): (actor: Actor) => Promise<Actor> {
  const kept = new Map<string, Promise<Standing | undefined>>();

  function standing(id: string): Promise<Standing | undefined> {
    const known = kept.get(id);
    if (known) return known;
    // Outside the request's count of statements: it is one a second and person, not one a request.
    const looked = statementCount.exit(() => standingOf(ctx, id));
    const forget = () => void (kept.get(id) === looked && kept.delete(id));
    kept.set(id, looked);
    looked.catch(forget);
    void ctx.news.wait(standingNews(id), KEPT_MS).then(forget);
    return looked;
  }

  return async (actor) => {
    const now = actor.kind === 'STAFF' && isUuid(actor.id) ? await standing(actor.id) : undefined;
    if (!now) return actor;
    if (!now.active) throw forbidden('your access was withdrawn; ask an administrator');
    const roles: Role[] = ROLES.filter((role) => actor.roles.includes(role) && now.roles.includes(role));
    if (roles.length === 0) throw forbidden('your roles have changed; sign in again');
    return roles.length === actor.roles.length ? actor : { ...actor, roles };
  };
}
