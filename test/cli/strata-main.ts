// oxlint-disable import/no-unassigned-import -- both are imported for what they do: the tests' choice of an engine, then the program
import '../choose-engine.ts';
import '../../src/cli/main.ts';
