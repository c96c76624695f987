import { setStandardEngine } from '../../src/hart/standard-engine.ts';
import { chosenEngine } from '../chosen-engine.ts';

// Bundled into the program under test, which inherits `STRATA_ENGINE`.
if (chosenEngine !== undefined) setStandardEngine(chosenEngine);
