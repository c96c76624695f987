/**
 * What the VMM does about an exit, once it knows what the exit is about: the fourth of its stages. Each is a
 * place for a function breakpoint (`vmm!emulate`).
 */
export const exitActions = [
  { id: 'emulate', summary: 'Does in the guest’s place what the guest asked for.' },
  { id: 'inject', summary: 'Gives the guest the exception that the bare machine would give it.' },
  { id: 'map', summary: 'Backs the page with a frame of the machine’s RAM.' },
  { id: 'schedule', summary: 'Takes the hart from one vCPU and gives it to another.' },
  { id: 'deliver', summary: 'Hands input from outside to the guest that it is for.' },
  { id: 'power', summary: 'Ends the guest, or starts it again.' },
] as const;

/** The id of an action: `emulate`. */
export type ExitAction = (typeof exitActions)[number]['id'];

/** The number by which exit rows hold an action: its place in the table. */
export const actionNumber = Object.fromEntries(exitActions.map(({ id }, index) => [id, index])) as Readonly<
  Record<ExitAction, number>
>;

/** A stage of handling an exit. The first three only look; the action is the fourth; `resume` enters a guest. */
export type ExitStage = 'exit' | 'decode' | 'find' | ExitAction | 'resume';

/** How many stages every exit has. */
export const stageCount = 5;
/** Number of the stage that acts. */
export const actingStage = 3;
/** Number of the stage that enters a guest again. */
export const resumeStage = 4;

/** The stages of an exit with this action, in order. */
export function stagesOf(action: ExitAction): readonly ExitStage[] {
  return ['exit', 'decode', 'find', action, 'resume'];
}
