import { setStandardEngine } from '../src/hart/standard-engine.ts';
import { chosenEngine } from './chosen-engine.ts';

// Goes into programs under test, which inherit `STRATA_ENGINE`.
if (chosenEngine !== undefined) setStandardEngine(chosenEngine);
