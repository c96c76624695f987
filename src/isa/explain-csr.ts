import { fieldValue, isReadOnly, type Csr, type CsrField } from './csr.ts';
import { csrByName } from './csrs/index.ts';
import { guardList } from './guard-text.ts';
import { markdownTable, paragraphs } from './markdown.ts';

/** Markdown about a CSR and its fields, with what they hold where `value` is given; `undefined` if unknown. */
export function explainCsr(name: string, value?: bigint): string | undefined {
  const csr = csrByName.get(name.toLowerCase());
  if (csr === undefined) return undefined;
  const access = isReadOnly(csr) || csr.writable === 0n ? 'read-only' : 'read-write';
  return paragraphs([
    `**\`${csr.name}\`** · CSR 0x${csr.address.toString(16).padStart(3, '0')}, ${access} · ${csr.source}`,
    csr.summary,
    ...(value === undefined ? [] : [`Value: \`0x${value.toString(16)}\``]),
    fieldTable(csr, value),
    viewText(csr),
    ...(csr.virtualAlias ? [`While V = 1, its name and address mean \`${csr.virtualAlias}\`.`] : []),
    guardList(csr.guards),
  ]);
}

/** What a field holds, for views: `Sv39 (8)`, `0x80000`, `1`. */
export function fieldText(field: CsrField, value: bigint): string {
  const content = fieldValue(field, value);
  const name = field.values?.[Number(content)];
  if (name !== undefined) return `${name} (${content})`;
  return content < 10n ? String(content) : `0x${content.toString(16)}`;
}

function fieldTable(csr: Csr, value: bigint | undefined): string {
  if (csr.fields.length === 0) return '';
  const rows = csr.fields
    .toSorted((a, b) => b.high - a.high)
    .map((field) => {
      const place = field.high === field.low ? `${field.high}` : `${field.high}:${field.low}`;
      const content = value === undefined ? [] : [fieldText(field, value)];
      return [place, field.name, ...content, field.rule, field.summary + valueNames(field)];
    });
  const titles = ['bits', 'field', ...(value === undefined ? [] : ['value']), 'rule', 'meaning'];
  return markdownTable(titles, rows);
}

/** Of large sets (PMP entries) the summary must do. */
function valueNames({ values = {} }: CsrField): string {
  const names = Object.entries(values).map(([value, name]) => `${value} ${name}`);
  return names.length === 0 || names.length > 8 ? '' : ` (${names.join(', ')})`;
}

function viewText({ viewOf }: Csr): string {
  if (viewOf === undefined) return '';
  const shifted = viewOf.shift === 0 ? '' : `, ${viewOf.shift} bit lower`;
  const gated = viewOf.gate === undefined ? '' : ` where \`${viewOf.gate}\` allows it`;
  return `A view of \`${viewOf.register}\`${shifted}${gated}.`;
}
