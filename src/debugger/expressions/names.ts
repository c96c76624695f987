import { standardType } from '../../symbols/standard-types.ts';
import { VOID, type FunctionType, type Type } from '../../symbols/types.ts';
import type { VariableSymbol } from '../../symbols/variable-index.ts';
import type { StratumImage } from '../images/image-set.ts';
import { numberValue } from './contents.ts';
import { eventFact, processFacts, whereKnown } from './facts.ts';
import { LONG } from './integers.ts';
import { atLocation, inMemory } from './places.ts';
import { dwarfRegister } from './registers.ts';
import type { Surroundings } from './surroundings.ts';
import type { TypeName } from './syntax.ts';
import { ExpressionFault, type TypedValue, type Value } from './value.ts';

/**
 * What a bare name means: of the event, of the frame, of the frame's image, then of the images below it; last the
 * thread's own `guest`, `vcpu` and `process`. Where the frame has precedence, the event comes after all images.
 */
export function bareName(name: string, surroundings: Surroundings): Value {
  const found = knownName(name, surroundings) ?? threadFact(name, surroundings);
  if (found !== undefined) return found;
  const where = whereKnown(name);
  throw new ExpressionFault(
    where === undefined ? `there is no '${name}' here` : `'${name}' is known ${where} only`,
  );
}

function knownName(name: string, surroundings: Surroundings): Value | undefined {
  const inImages = (): Value | undefined => localNamed(name, surroundings) ?? fileNamed(name, surroundings);
  // `exit` may be a function, too; but of that nobody asks for a member.
  if (surroundings.context.precedence === 'event' || name === 'exit')
    return eventFact(name, surroundings) ?? inImages();
  return inImages() ?? eventFact(name, surroundings);
}

/** What `image!name` means. */
export function scopedName(imageName: string, name: string, surroundings: Surroundings): Value {
  const { target, thread } = surroundings;
  // Of guests of software of the machine, images are given as programs of the machine.
  const images = target.images.named(imageName).filter((image) => image.guest === thread.guest?.name);
  const [first] = images;
  if (first === undefined) throw new ExpressionFault(`there is no image '${imageName}'`);
  const image = images.find((each) => surroundings.isInSpace(each)) ?? first;
  const found = inImage(name, surroundings.placed(image), surroundings);
  if (found === undefined) throw new ExpressionFault(`${imageName} has no '${name}'`);
  return found;
}

/** Parameters and locals of the frame that are in scope, each name once: the innermost. */
export function localsOf(surroundings: Surroundings): readonly VariableSymbol[] {
  const { activation, codeAddress } = surroundings;
  const all = activation?.image?.symbols.localsAt(codeAddress, activation.inlineDepth) ?? [];
  return all.filter(({ name }, index) => !all.slice(index + 1).some((inner) => inner.name === name));
}

/** A variable as a value. */
export function variableValue(symbol: VariableSymbol, surroundings: Surroundings): TypedValue {
  const { virtual } = surroundings;
  const registers = symbol.kind === 'global' ? undefined : surroundings.registers;
  const location = symbol.locate(registers, (address, length) => virtual.read(address, length));
  const place = atLocation(location, symbol.type, virtual, (index) => dwarfRegister(index, surroundings));
  return { kind: 'typed', type: symbol.type, place };
}

/** The type that a cast or `sizeof` names. */
export function typeOf({ words }: TypeName, surroundings: Surroundings): Type {
  const type = findType(words, surroundings);
  if (type === undefined) throw new ExpressionFault(`there is no type '${words.join(' ')}'`);
  return type;
}

/** Does C take the name for a type here? A variable hides a type of its name. */
export function isTypeName(name: string, surroundings: Surroundings): boolean {
  if (findType([name], surroundings) === undefined) return false;
  if (eventFact(name, surroundings) !== undefined) return false;
  if (localsOf(surroundings).some((local) => local.name === name)) return false;
  for (const { symbols } of surroundings.images()) if (symbols.globalsNamed(name).length > 0) return false;
  return true;
}

function findType(words: readonly string[], surroundings: Surroundings): Type | undefined {
  for (const { symbols } of surroundings.images()) {
    const found = symbols.typeNamed(words);
    if (found !== undefined) return found;
  }
  return standardType(words);
}

function localNamed(name: string, surroundings: Surroundings): TypedValue | undefined {
  const symbol = localsOf(surroundings).find((each) => each.name === name);
  return symbol && variableValue(symbol, surroundings);
}

function fileNamed(name: string, surroundings: Surroundings): TypedValue | undefined {
  for (const image of surroundings.images()) {
    const found = inImage(name, image, surroundings);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** At file level: a variable, an enumerator, a function, or what only the symbol table knows. */
function inImage(name: string, image: StratumImage, surroundings: Surroundings): TypedValue | undefined {
  const { symbols } = image;
  const variable = nearest(symbols.globalsNamed(name), surroundings);
  if (variable) {
    requireSpace(image, surroundings);
    return variableValue(variable, surroundings);
  }
  const enumerator = symbols.enumeratorNamed(name);
  if (enumerator) return numberValue(enumerator.value, enumerator.type);
  // A `*` or `?` cannot be in a name, so this finds no pattern.
  const [found] = symbols.functionsNamed(name);
  if (found) {
    const label = surroundings.isInSpace(image) ? name : `${image.name}!${name}`;
    return { kind: 'typed', type: CODE, place: inMemory(surroundings.virtual, found.low), label };
  }
  const [symbol] = symbols.symbolsNamed(name);
  if (symbol === undefined) return undefined;
  requireSpace(image, surroundings);
  const type: Type = { kind: 'unknown', name: 'a symbol without type' };
  return { kind: 'typed', type, place: inMemory(surroundings.virtual, symbol.address) };
}

/** Of static variables of one name, that of the file whose code runs. */
function nearest(found: readonly VariableSymbol[], surroundings: Surroundings): VariableSymbol | undefined {
  if (found.length < 2) return found[0];
  const file = surroundings.activation?.image?.symbols.functionAt(surroundings.codeAddress)?.file;
  return found.find((each) => each.file === file) ?? found[0];
}

function requireSpace(image: StratumImage, surroundings: Surroundings): void {
  if (surroundings.isInSpace(image)) return;
  throw new ExpressionFault(`${image.name} is not what runs in this address space`);
}

/** `guest`, `vcpu` and `process` mean something at any stop. */
function threadFact(name: string, surroundings: Surroundings): Value | undefined {
  const { thread } = surroundings;
  if (name === 'process') return processFacts(surroundings);
  if (name === 'guest' && thread.guest) return { kind: 'text', text: thread.guest.name };
  if (name === 'vcpu' && thread.vcpu) return numberValue(BigInt(thread.vcpu.id), LONG);
  return undefined;
}

/** Of functions that are looked up by name, the parameters do not matter: they are not called. */
const CODE: FunctionType = { kind: 'function', result: VOID, parameters: [], isVariadic: true };
