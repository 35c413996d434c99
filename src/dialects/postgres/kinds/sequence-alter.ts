import type { Statement } from '../../../diff/rules.ts';
import { nameOf, type Path } from '../../../schema/object.ts';
import { qualified, text } from '../ident.ts';
import { afterType, changedOptions, type SequenceOptions } from './sequence-options.ts';

/** ALTER SEQUENCE refuses limits that the counter is outside of: where one moves over it, the counter goes along. */
export function changeSequence(path: Path, from: SequenceOptions, to: SequenceOptions): Statement[] {
  const reached = afterType(from, to.type);
  const isRaised = BigInt(to.minimum) > BigInt(reached.minimum);
  const isLowered = BigInt(to.maximum) < BigInt(reached.maximum);
  if (!isRaised && !isLowered) return alterSequence(path, from, to);
  const wide = {
    ...to,
    minimum: isRaised ? reached.minimum : to.minimum,
    maximum: isLowered ? reached.maximum : to.maximum,
  };
  return [
    ...alterSequence(path, from, wide),
    moveInside(path, to, isRaised, isLowered),
    ...alterSequence(path, wide, to),
  ];
}

function alterSequence(path: Path, from: SequenceOptions, to: SequenceOptions): Statement[] {
  const options = changedOptions(from, to);
  return options.length === 0 ? [] : [{ sql: [`ALTER SEQUENCE ${qualified(path)}`, ...options].join(' ') }];
}

/** One that nothing was taken from begins at its new start. */
function moveInside(path: Path, to: SequenceOptions, isRaised: boolean, isLowered: boolean): Statement {
  const isDescending = to.increment.startsWith('-');
  const raised = isRaised ? `greatest(last_value, ${to.minimum})` : 'last_value';
  const value = isLowered ? `least(${raised}, ${to.maximum})` : raised;
  const isMet = isDescending ? isLowered : isRaised;
  const reached = isDescending ? `last_value <= ${to.maximum}` : `last_value >= ${to.minimum}`;
  const isUsedUp = isDescending ? isRaised : isLowered;
  const limit = isDescending ? to.minimum : to.maximum;
  return {
    sql:
      `SELECT setval(${text(qualified(path))}, CASE WHEN is_called THEN ${value} ELSE ${to.start} END, ` +
      `is_called${isMet ? ` AND ${reached}` : ''})\nFROM ${qualified(path)}`,
    ...(isUsedUp ? { hazard: `Leaves ${nameOf(path)} used up where it has passed ${limit}.` } : {}),
  };
}
