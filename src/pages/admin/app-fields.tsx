// The settings of an app as fields, the same for one that is made and one that is changed.

import { DEFAULT_RETENTION_DAYS } from '../../events/event.ts';
import { DEFAULT_RATE_LIMIT } from '../../links/rate.ts';
import { CheckBox, CheckGroup, type Form, TextArea, TextField } from './form.tsx';

/** What there is to choose from, by alias. */
export type StoreOptions = Readonly<Record<string, string>>;

export function AppFields({
  form,
  stores,
}: {
  readonly form: Form;
  readonly stores: StoreOptions;
}) {
  return (
    <>
      <TextField form={form} name="name" label="Name" required />
      <TextField
        form={form}
        name="publicName"
        label="Name that recipients see"
        hint="From whom its links are. Empty: they see nobody."
      />
      <CheckGroup
        form={form}
        name="stores"
        label="Stores"
        hint={
          Object.keys(stores).length === 0
            ? 'No store is configured yet: see Stores.'
            : 'Where it may mint links.'
        }
        options={stores}
      />
      <TextArea
        form={form}
        name="keyPrefixes"
        label="Key prefixes"
        hint="Under which object keys, one a line, each ending in “/”. Empty: the whole of its stores."
      />
      <div class="grid">
        <TextField
          form={form}
          name="quotas/liveLinks"
          type="number"
          label="Live links at most"
          hint="Empty: without a bound."
        />
        <TextField
          form={form}
          name="quotas/mintsPerDay"
          type="number"
          label="Mints a day at most"
          hint="From midnight to midnight, UTC."
        />
      </div>
      <fieldset>
        <legend>Default rate of a link</legend>
        <div class="grid">
          <TextField
            form={form}
            name="defaults/rateLimit/limit"
            type="number"
            label="Opens"
            placeholder={String(DEFAULT_RATE_LIMIT.limit)}
          />
          <TextField
            form={form}
            name="defaults/rateLimit/windowSeconds"
            type="number"
            label="In so many seconds"
            placeholder={String(DEFAULT_RATE_LIMIT.windowSeconds)}
          />
        </div>
      </fieldset>
      <TextField
        form={form}
        name="eventRetentionDays"
        type="number"
        label="Days for which events are kept"
        placeholder={String(DEFAULT_RETENTION_DAYS)}
      />
      <CheckBox
        form={form}
        name="recordIp"
        label="Keep the addresses of redeemers in clear"
        hint="Otherwise events have a keyed hash of them."
      />
    </>
  );
}
