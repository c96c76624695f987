import { chosenEngine } from './chosen-engine.ts';

/** How many times as long as usual tests wait for guests: the reference evaluator is slower than the other engines. */
export const patience = chosenEngine === 'reference' ? 30 : 1;
