// The forms of the dashboard: each field with its label, its hint and what is wrong with it. What was
// typed stays in it, whatever became of the form.

import type { PropsWithChildren } from 'hono/jsx';
import { withoutDirections } from '../../lib/directions.ts';
import type { FieldError } from '../../links/denial.ts';

/** Why a form was refused; the errors name its fields by JSON Pointers. */
export type FormProblem = {
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[] | undefined;
};

/** A form as it was sent, or as it is shown first. */
export type Form = {
  readonly fields: URLSearchParams;
  readonly problem?: FormProblem | undefined;
};

type Field = {
  readonly form: Form;
  /** Also where errors of it point to: "/name", or below. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
};

type Notice = {
  readonly problem: FormProblem | undefined;
  /** What was sent: what is wrong with one of these stands beside it. */
  readonly fields?: URLSearchParams;
};

/** What is wrong with a form as a whole, and with fields that it doesn't show. */
export function ProblemNotice({ problem, fields = new URLSearchParams() }: Notice) {
  if (!problem) return null;
  const { title, detail, errors = [] } = problem;
  const others = errors.filter((error) => ![...fields.keys()].some((name) => isOf(error, name)));
  return (
    <div class="notice bad" role="alert">
      <strong>{title}</strong>
      {errors.length === 0 && <p>{detail}</p>}
      {others.length < errors.length && <p>Correct the fields that are marked.</p>}
      {others.length > 0 && (
        <ul>
          {others.map((error) => (
            <li>
              {error.pointer.slice(1)} {error.detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

type Input = Field & {
  readonly type?: 'text' | 'number' | 'password' | 'url';
  readonly required?: boolean;
  readonly placeholder?: string;
};

export function TextField(props: Input) {
  const { form, name, label, hint, type = 'text', required, placeholder } = props;
  const error = type === 'number' ? amountError(form, name) : errorOf(form, name);
  return (
    <label>
      {label}
      <input
        name={name}
        type={type === 'number' ? 'text' : type}
        inputmode={type === 'number' ? 'numeric' : undefined}
        value={form.fields.get(name) ?? ''}
        placeholder={placeholder}
        required={required}
        autocomplete="off"
        aria-invalid={error ? 'true' : undefined}
      />
      <Help hint={hint} error={error} />
    </label>
  );
}

const UNITS = { m: 'minutes', h: 'hours', d: 'days' };

/** A number and its unit, which is sent as the name followed by `Unit`. */
export function DurationField(props: Field & { readonly required?: boolean }) {
  const { form, name, label, hint, required } = props;
  const error = amountError(form, name);
  const unit = form.fields.get(`${name}Unit`);
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="pair">
        <input
          id={name}
          name={name}
          inputmode="numeric"
          value={form.fields.get(name) ?? ''}
          required={required}
          autocomplete="off"
          aria-invalid={error ? 'true' : undefined}
          aria-describedby={`${name}-help`}
        />
        <select name={`${name}Unit`} aria-label={`${label}: unit`}>
          {Object.entries(UNITS).map(([value, text]) => (
            <option value={value} selected={value === unit}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <span id={`${name}-help`}>
        <Help hint={hint} error={error} />
      </span>
    </div>
  );
}

export function TextArea({ form, name, label, hint }: Field) {
  const error = errorOf(form, name);
  return (
    <label>
      {label}
      <textarea name={name} rows={3} aria-invalid={error ? 'true' : undefined}>
        {form.fields.get(name) ?? ''}
      </textarea>
      <Help hint={hint} error={error} />
    </label>
  );
}

/** Options by what they send. */
type Select = Field & { readonly options: Readonly<Record<string, string>> };

export function SelectField({ form, name, label, hint, options }: Select) {
  const error = errorOf(form, name);
  const selected = form.fields.get(name);
  return (
    <label>
      {label}
      <select name={name} aria-invalid={error ? 'true' : undefined}>
        {Object.entries(options).map(([value, text]) => (
          <option value={value} selected={value === selected}>
            {withoutDirections(text)}
          </option>
        ))}
      </select>
      <Help hint={hint} error={error} />
    </label>
  );
}

/** One box; several of the same name are a list of their values. */
export function CheckBox(props: Field & { readonly value?: string }) {
  const { form, name, label, hint, value = 'true' } = props;
  return (
    <label class="check">
      <input
        type="checkbox"
        name={name}
        value={value}
        checked={form.fields.getAll(name).includes(value)}
      />
      <span>
        {label}
        <Help hint={hint} />
      </span>
    </label>
  );
}

type CheckGroup = Field & { readonly options: Readonly<Record<string, string>> };

export function CheckGroup({ form, name, label, hint, options }: CheckGroup) {
  return (
    <fieldset aria-describedby={`${name}-help`}>
      <legend>{label}</legend>
      {Object.entries(options).map(([value, text]) => (
        <CheckBox form={form} name={name} value={value} label={text} />
      ))}
      <span id={`${name}-help`}>
        <Help hint={hint} error={errorOf(form, name)} />
      </span>
    </fieldset>
  );
}

export function Hidden({ name, value }: { readonly name: string; readonly value: string }) {
  return <input type="hidden" name={name} value={value} />;
}

/** A form that is a button: one action, which needs no more than a click. */
export function Action(
  props: PropsWithChildren<{
    readonly action: string;
    readonly fields?: Readonly<Record<string, string>>;
    readonly isDanger?: boolean;
  }>,
) {
  const { action, fields = {}, isDanger, children } = props;
  return (
    <form method="post" action={action} class="action">
      {Object.entries(fields).map(([name, value]) => (
        <Hidden name={name} value={value} />
      ))}
      <button type="submit" class={isDanger ? 'danger' : 'quiet'}>
        {children}
      </button>
    </form>
  );
}

function Help(props: { readonly hint?: string | undefined; readonly error?: string | undefined }) {
  const { hint, error } = props;
  return (
    <>
      {hint && <small>{hint}</small>}
      {error && <small class="error">{error}</small>}
    </>
  );
}

function errorOf({ problem }: Form, name: string): string | undefined {
  const error = problem?.errors?.find((each) => isOf(each, name));
  return error && `This ${error.detail}.`;
}

function isOf({ pointer }: FieldError, name: string): boolean {
  return pointer === `/${name}` || pointer.startsWith(`/${name}/`);
}

/** In the unit that was asked for, where the schema speaks of another. */
function amountError(form: Form, name: string): string | undefined {
  const error = errorOf(form, name);
  const isNumber = /^\s*\d+\s*$/.test(form.fields.get(name) ?? '');
  return error?.startsWith('This must') && !isNumber ? 'This must be a whole number.' : error;
}
