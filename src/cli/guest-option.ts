import { InvalidArgumentError } from 'commander';

/** What `--guest` says of one guest: its image, and what it has in place of the options for all guests. */
export interface GuestOption {
  readonly name: string;
  readonly image: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly memory?: string;
  readonly symbols?: string;
  readonly vcpus?: number;
}

/** The form of the option's value, for help. */
export const guestOptionForm = 'name=image[,key=value…]';

/** What stands in help about the keys. */
export const guestOptionKeys = 'initrd, memory, vcpus, symbols, append (the last: it may have commas)';

/** Adds the guest that a value of `--guest` describes to those before it. */
export function collectGuest(value: string, before: readonly GuestOption[] = []): readonly GuestOption[] {
  const appendAt = value.indexOf(',append=');
  const rest = appendAt < 0 ? value : value.slice(0, appendAt);
  const [first = '', ...settings] = rest.split(/,(?=[a-z]+=)/);
  const at = first.indexOf('=');
  if (at < 0) throw new InvalidArgumentError('Write it as NAME=IMAGE: --guest a=kernel.elf.');
  return [
    ...before,
    {
      name: first.slice(0, at),
      image: first.slice(at + 1),
      ...Object.assign({}, ...settings.map(parseSetting)),
      ...(appendAt >= 0 && { append: value.slice(appendAt + ',append='.length) }),
    },
  ];
}

function parseSetting(text: string): Partial<GuestOption> {
  const [key = '', value = ''] = text.split(/=(.*)/s);
  switch (key) {
    case 'initrd':
    case 'memory':
    case 'symbols':
      return { [key]: value };
    case 'vcpus':
      return { vcpus: Number(value) };
    default:
      throw new InvalidArgumentError(
        `A guest has no ${key}; after its image may stand ${guestOptionKeys}: --guest a=Image,memory=512M,append=quiet.`,
      );
  }
}
