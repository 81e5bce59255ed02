// Asks whoever opened a link to redeem it on purpose: people on a page, programs with 428. People who
// opened a link for uploads get the page that sends.

import type { Context } from 'hono';
import { drawClaim } from '../links/claim.ts';
import type { LinkDenial } from '../links/denial.ts';
import { safeFilename } from '../links/filename.ts';
import { grantedFilename } from '../links/grant.ts';
import type { Opened } from '../links/open.ts';
import { confirmPage, passwordPage } from '../pages/confirm-page.tsx';
import { wantsPage } from './accept.ts';
import { note } from './note.ts';
import { problemInWords, problemResponse, setProblemHeaders } from './problem.ts';
import { readerOf } from './reader.ts';
import type { HallpassContext } from './request-context.ts';
import { uploadPageResponse } from './upload-page.ts';

/** The form's answer is a redirect to storage, which `form-action 'self'` would stop. */
const FORM_POLICY =
  "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

type Answer = Response | Promise<Response>;

export function confirmResponse(
  c: Context<HallpassContext>,
  confirm: Extract<Opened, { kind: 'confirm' }>,
  claim: string | undefined,
): Answer {
  note(c, { outcome: 'confirm_asked' });
  if (c.req.method === 'HEAD') return c.body(null, 200);
  const { needsPassword, grant } = confirm;
  if (grant.upload) {
    if (c.req.method === 'GET' && wantsPage(c)) return uploadPageResponse(c, confirm, grant.upload);
    return problemResponse(c, { reason: 'wrong_operation', operation: grant.operation });
  }
  if (!wantsPage(c)) return problemResponse(c, { reason: 'confirm_required', needsPassword });
  c.header('Content-Security-Policy', FORM_POLICY);
  return c.html(
    confirmPage({
      ...readerOf(c),
      // As it will be saved: no other reading direction makes another type of it.
      filename: safeFilename(grantedFilename(grant)),
      from: grant.from,
      size: grant.object?.size,
      contentType: grant.contentType ?? grant.object?.contentType,
      usesLeft: confirm.usesLeft,
      isClaimKnown: confirm.isClaimKnown,
      expiresAt: confirm.expiresAt,
      needsPassword,
      // Who comes back with a claim that still stands for a use brings it again and spends nothing.
      claim: confirm.isClaimKnown && claim ? claim : drawClaim(c.var.services.random),
    }),
  );
}

/** A refused redeem: people with a wrong password get the form again, with the same claim. */
export function refusedRedeem(c: Context, denial: LinkDenial, claim: string): Answer {
  const isAboutPassword =
    denial.reason === 'password_required' || denial.reason === 'password_wrong';
  if (!isAboutPassword || !wantsPage(c)) return problemResponse(c, denial);
  const problem = setProblemHeaders(c, denial);
  c.header('Content-Security-Policy', FORM_POLICY);
  const { language } = readerOf(c);
  const shown = problemInWords(denial, language);
  return c.html(passwordPage(shown, claim, language), problem.status);
}
