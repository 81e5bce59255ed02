// The fields of a webhook in a form.

import { EVENT_TYPES } from '../../events/event.ts';
import { CheckGroup, type Form, TextField } from './form.tsx';

const TYPES = Object.fromEntries(EVENT_TYPES.map((type) => [type, type]));

export function WebhookFields({ form }: { readonly form: Form }) {
  return (
    <>
      <TextField
        form={form}
        name="url"
        type="url"
        label="URL"
        required
        placeholder="https://app.example.com/hallpass-events"
        hint="https, and an address that anybody can reach."
      />
      <div class="columns">
        <CheckGroup
          form={form}
          name="types"
          label="Which events"
          hint="None of them means all."
          options={TYPES}
        />
      </div>
      <TextField
        form={form}
        name="tags"
        label="Only of links with one of these tags"
        hint="With commas between them. Without any: of all links, and of API keys."
      />
      <TextField form={form} name="note" label="Note" hint="To know it by." />
    </>
  );
}
