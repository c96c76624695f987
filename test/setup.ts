import fc from 'fast-check';
import { setStandardEngine } from '../src/hart/standard-engine.ts';
import { chosenEngine } from './chosen-engine.ts';

// Tests are deterministic: the same cases on every run. `FAST_CHECK_SEED` tries others.
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20261123) });

// What runs without a choice of its own runs as `STRATA_ENGINE` says.
if (chosenEngine !== undefined) setStandardEngine(chosenEngine);
