import fc from 'fast-check';

// Tests are deterministic: the same cases on every run. `FAST_CHECK_SEED` tries others.
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20261123) });
