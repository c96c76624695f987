import { flatProfile } from './flat-profile.ts';
import type { Profile } from './profile.ts';

const mostFunctions = 20;

/**
 * What a profile comes to, for a person to read: its strata, and the functions in which most of the steps were spent.
 * `interval` is what the user calls the steps from sample to sample.
 */
export function profileText(
  profile: Profile,
  { file, interval }: { readonly file: string; readonly interval: string },
): string {
  const { samples, strata, functions } = flatProfile(profile);
  const steps = profile.stepsPerSample.toLocaleString('en');
  if (samples === 0) return `0 samples: the run was shorter than ${steps} steps; ${interval} takes fewer\n`;
  const guests = new Set(strata.map(({ guest }) => guest));
  const where = (stratum = '', guest?: string): string =>
    guests.size > 1 && guest !== undefined ? `${stratum} of ${guest}` : stratum;
  const width = Math.max(...strata.map(({ stratum, guest }) => where(stratum, guest).length));
  const share = (count: number): string => `${((100 * count) / samples).toFixed(1)} %`.padStart(8);
  const shown = functions.slice(0, mostFunctions);
  return [
    `${samples.toLocaleString('en')} samples, one in ${steps} steps, in ${file}`,
    ...strata.map(({ stratum, guest, samples: count }) => `${share(count)}  ${where(stratum, guest)}`),
    '    self    total',
    ...shown.map(
      ({ frame, self, total }) =>
        `${share(self)} ${share(total)}  ${where(frame.stratum, frame.guest).padEnd(width)}  ${frame.name}`,
    ),
    ...(functions.length > shown.length ? [`  … and ${functions.length - shown.length} more functions`] : []),
    '',
  ].join('\n');
}

/** The same as one JSON object. */
export function profileJson(profile: Profile): unknown {
  const flat = flatProfile(profile);
  const functions = flat.functions.slice(0, mostFunctions).map(({ frame, self, total }) => {
    const { name, stratum, guest, image } = frame;
    return { name, stratum, guest, image, self, total };
  });
  return { type: 'profile', stepsPerSample: profile.stepsPerSample, ...flat, functions };
}
