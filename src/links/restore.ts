// What becomes of a link that is imported into a ledger which may have it already.

import { spentUses } from './activity.ts';
import type { Link } from './link.ts';
import { countOf, type Reported } from './report.ts';

/**
 * The link as it is to be, `undefined` when nothing changes. An end wins, then the higher version;
 * what has been used stays used.
 */
export function restoredLink(kept: Link | undefined, imported: Link): Link | undefined {
  // The gate begins anew, unless it is still there, and numbers its uploads anew.
  if (!kept) return { ...imported, reported: reportedAnew(imported.reported) };
  const newest = newestOf(kept, imported);
  const reported = mostReported(kept.reported, imported.reported);
  const isSame = newest === kept && reported === kept.reported;
  return isSame ? undefined : { ...newest, reported };
}

function newestOf(kept: Link, imported: Link): Link {
  if (kept.endedAt !== undefined) return kept;
  if (imported.endedAt !== undefined) {
    const newest = imported.version > kept.version ? imported : kept;
    const { status, endedAt } = imported;
    const version = Math.max(imported.version, kept.version + 1);
    return { ...newest, status, endedAt, version, settled: false };
  }
  return imported.version > kept.version ? imported : kept;
}

function reportedAnew(reported: Reported | undefined): Reported | undefined {
  return reported && { ...reported, uploadsUpTo: 0 };
}

function mostReported(
  kept: Reported | undefined,
  imported: Reported | undefined,
): Reported | undefined {
  if (!kept || !imported) return kept ?? reportedAnew(imported);
  const isMore =
    countOf(imported.totals) > countOf(kept.totals) ||
    spentUses(imported.totals) > spentUses(kept.totals);
  if (!isMore || spentUses(imported.totals) < spentUses(kept.totals)) return kept;
  return {
    ...imported,
    usesUpTo: Math.max(kept.usesUpTo, imported.usesUpTo),
    uploadsUpTo: Math.max(kept.uploadsUpTo, imported.uploadsUpTo),
  };
}
