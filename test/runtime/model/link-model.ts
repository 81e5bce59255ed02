// The model: what an app's links do, without storage, HTTP or a clock of its own. It is told of each
// fault, since what a fault leaves behind is part of the promise.

import type { OpenFault, WriteFault } from '../../support/faults.ts';

export const SECOND = 1_000;
export const DAY = 86_400 * SECOND;

const MINT_LEASE = 30 * SECOND;
const RETENTION = 7 * DAY;
const MAX_TTL = 30 * DAY;
const CLOCKS_APART = 600 * SECOND;
const LOCK = { tries: 5, window: 300 * SECOND };

export type Limits = {
  readonly expiresAt: number;
  readonly notBefore?: number | undefined;
  readonly maxUses?: number | undefined;
  readonly confirm: boolean;
  readonly claimSeconds: number;
  readonly password?: string | undefined;
};

type Version = {
  readonly version: number;
  readonly limits: Limits;
  readonly isEnded: boolean;
};

export type Gate = {
  is: Version;
  uses: number;
  opens: number;
  /** As many opens as a crash can't forget. */
  opensOnDisk: number;
  /** The claims that stand for a use, each with its end. */
  claims: Map<string, number>;
  wrongTries: number[];
};

/** What a mint asks for. */
export type Terms = {
  readonly ttlSeconds: number;
  readonly notBefore?: string | undefined;
  readonly maxUses?: number | undefined;
  readonly confirm?: boolean | undefined;
  readonly claimSeconds?: number | undefined;
  readonly password?: string | undefined;
};

export type LinkModel = {
  readonly name: string;
  readonly terms: Terms;
  readonly createdAt: number;
  /** Known to the app once a mint was answered. */
  url?: string | undefined;
  id?: string | undefined;
  status: 'pending' | 'active' | 'expired' | 'revoked' | 'failed';
  isSettled: boolean;
  /** What the app was told, and what its ledger means to bring to the gate. */
  is: Version;
  gate?: Gate | undefined;
  /** With which somebody redeemed, or tried to. */
  lastClaim?: string;
  /** Until when a repeated mint is the same link. */
  isRepeatedUntil: number;
};

export type Model = {
  now: number;
  links: LinkModel[];
  /** Every claim that anybody came with. */
  claims: string[];
  late: { readonly link: LinkModel; readonly is: Version }[];
};

export type Attempt = {
  readonly method: 'GET' | 'HEAD';
  readonly claim?: string | undefined;
  /** Whether it is meant to spend: no plain GET, HEAD or cookie is. */
  readonly redeems: boolean;
  readonly password?: string | undefined;
};

export type Outcome =
  | { readonly kind: 'allow'; readonly expiresAt: number }
  | { readonly kind: 'confirm'; readonly needsPassword: boolean }
  | { readonly kind: 'deny'; readonly reason: string };

export function needsConfirm({ confirm, maxUses, password }: Limits): boolean {
  return confirm || maxUses !== undefined || password !== undefined;
}

/** Opens a link; undefined when the fault lets nobody know what came of it. */
export function open(
  { now }: Model,
  { gate }: LinkModel,
  attempt: Attempt,
  fault?: OpenFault,
): Outcome | undefined {
  if (fault === 'lost') return undefined;
  const outcome = openAtGate(gate, attempt, now);
  if (fault === 'unanswered') return undefined;
  return fault === 'repeated' ? openAtGate(gate, attempt, now) : outcome;
}

function openAtGate(gate: Gate | undefined, attempt: Attempt, now: number): Outcome {
  if (!gate) return { kind: 'deny', reason: 'not_found' };
  const { limits } = gate.is;
  const { claim = '' } = attempt;
  const isClaimKnown = now < (gate.claims.get(claim) ?? 0);
  const reason = refusal(gate, attempt, isClaimKnown, now);
  if (reason === 'password_wrong') {
    gate.wrongTries.push(now);
    gate.opensOnDisk = gate.opens;
  }
  if (reason === 'confirm') {
    return { kind: 'confirm', needsPassword: limits.password !== undefined && !isClaimKnown };
  }
  if (reason !== undefined) return { kind: 'deny', reason };
  gate.opens++;
  if (needsConfirm(limits) && !isClaimKnown) {
    gate.uses++;
    gate.claims.set(claim, Math.min(now + limits.claimSeconds * SECOND, limits.expiresAt));
    gate.opensOnDisk = gate.opens;
  }
  return { kind: 'allow', expiresAt: limits.expiresAt };
}

function refusal(
  { is, uses, wrongTries }: Gate,
  { method, redeems, password }: Attempt,
  isClaimKnown: boolean,
  now: number,
): string | undefined {
  const { limits } = is;
  if (is.isEnded) return 'revoked';
  if (now >= limits.expiresAt) return 'expired';
  if (now < (limits.notBefore ?? 0)) return 'not_yet';
  if (uses >= (limits.maxUses ?? Number.POSITIVE_INFINITY) && !isClaimKnown) return 'used_up';
  if (!needsConfirm(limits)) return undefined;
  if (!redeems || method === 'HEAD') return 'confirm';
  if (limits.password === undefined || isClaimKnown) return undefined;
  if (password === undefined) return 'password_required';
  if (now < (wrongTries.at(-LOCK.tries) ?? Number.NEGATIVE_INFINITY) + LOCK.window) {
    return 'password_locked';
  }
  return password === limits.password ? undefined : 'password_wrong';
}

/** Mints, or repeats a mint: whether it was answered with a link. */
export function mint(model: Model, fresh: LinkModel, fault?: WriteFault): LinkModel | undefined {
  const earlier = model.links.find(
    ({ name, status, isRepeatedUntil }) =>
      name === fresh.name && model.now < isRepeatedUntil && status !== 'failed',
  );
  if (!earlier) model.links.push(fresh);
  const link = earlier ?? fresh;
  if (link.status === 'pending') carry(model, link, fault);
  return link.status === 'pending' ? undefined : link;
}

/** Changes limits: whether the link could be changed at all, and so. */
export function change(
  model: Model,
  link: LinkModel,
  patch: Partial<Limits>,
  fault?: WriteFault,
): 'changed' | 'link_not_changeable' | 'invalid_request' {
  const { now } = model;
  if (link.status !== 'active' || now >= link.is.limits.expiresAt) return 'link_not_changeable';
  const limits = { ...link.is.limits, ...patch };
  const mayEndBy = Math.ceil((link.createdAt + MAX_TTL) / SECOND) * SECOND;
  const isEndFine =
    patch.expiresAt === undefined || (patch.expiresAt > now && patch.expiresAt <= mayEndBy);
  if (!isEndFine || (limits.notBefore ?? 0) >= limits.expiresAt) return 'invalid_request';
  intend(link, { limits });
  carry(model, link, fault);
  return 'changed';
}

export function revoke(model: Model, link: LinkModel, fault?: WriteFault): void {
  // What nobody but the ledger knows to be over isn't over, nor is what may be open by another clock.
  const isOver = model.now >= link.is.limits.expiresAt + CLOCKS_APART;
  if (stateOf(model, link) === 'expired' && link.isSettled && isOver) return;
  if (link.status !== 'revoked') intend(link, { isEnded: true });
  link.status = 'revoked';
  carry(model, link, fault);
}

/** The ledger carries on what it couldn't do at once. */
export function runLedgerAlarm(model: Model, fault?: WriteFault): void {
  for (const link of model.links.filter(({ isSettled }) => !isSettled)) {
    if (link.status === 'pending') {
      if (model.now < link.createdAt + MINT_LEASE) continue;
      link.status = 'failed';
      intend(link, { isEnded: true });
    }
    carry(model, link, fault);
  }
  for (const link of model.links) {
    if (link.status === 'active' && model.now >= link.is.limits.expiresAt) link.status = 'expired';
  }
}

export function runGateAlarm({ now }: Model, link: LinkModel): void {
  const { gate } = link;
  if (!gate) return;
  gate.opensOnDisk = gate.opens;
  if (now >= gate.is.limits.expiresAt + RETENTION) link.gate = undefined;
}

export function deliverLate({ late }: Model): void {
  for (const { link, is } of late.splice(0)) takeAtGate(link, is);
}

export function stateOf({ now }: Model, { status, isSettled, is, gate }: LinkModel): string {
  const { expiresAt, notBefore = 0, maxUses = Number.POSITIVE_INFINITY } = is.limits;
  if (status === 'revoked') return isSettled ? 'revoked' : 'revoking';
  if (status !== 'active') return status;
  if (now >= expiresAt) return 'expired';
  if ((gate?.uses ?? 0) >= maxUses) return 'used_up';
  return now < notBefore ? 'scheduled' : 'active';
}

function intend(link: LinkModel, change: Partial<Version>): void {
  link.is = { ...link.is, ...change, version: link.is.version + 1 };
  link.isSettled = false;
}

function carry({ late }: Model, link: LinkModel, fault: WriteFault | undefined): void {
  if (link.isSettled) return;
  if (fault === 'late') late.push({ link, is: link.is });
  if (fault === undefined || fault === 'unanswered') takeAtGate(link, link.is);
  if (fault !== undefined) return;
  link.isSettled = true;
  if (link.status === 'pending') link.status = 'active';
}

/** A gate takes what is newer, an end for ever; another password makes all claims worthless. */
function takeAtGate(link: LinkModel, is: Version): void {
  const { gate } = link;
  if (!gate) {
    link.gate = { is, uses: 0, opens: 0, opensOnDisk: 0, claims: new Map(), wrongTries: [] };
    return;
  }
  if (gate.is.isEnded || gate.is.version >= is.version) return;
  if (gate.is.limits.password !== is.limits.password) {
    gate.claims.clear();
    gate.wrongTries = [];
    gate.opensOnDisk = gate.opens;
  }
  gate.is = is;
}
