import { ToraleError } from '../errors.ts';
import type { ObjectId, SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { diff, type Change } from './diff.ts';
import { linkGoneFirst } from './gone-first.ts';
import { actionOrder, nodeOf, rankOf, splitNode, type Verb } from './action-order.ts';
import { ActionGraph } from './graph.ts';
import { goesAlong, impactOf, type Impact, type Sides } from './impact.ts';
import { asAny, describeObject, rulesFor, type AnyRules } from './lookup.ts';
import { renameUnasked } from './renamed.ts';
import { linkBehind, linkMentions, linkOrders } from './mentions.ts';
import type { KindTable, PlanContext, PlanRules, Statement } from './rules.ts';
import { together } from './together.ts';

export interface SchemaPlan {
  readonly changes: readonly Change[];
  /** In the order in which they run. */
  readonly statements: readonly Statement[];
}

/**
 * How one schema becomes another: the changes and the statements that make them.
 *
 * @throws ToraleError REFUSED for a kind the dialect has no rules for, or where no order of the statements works
 */
export function planChanges(sides: Sides, rules: PlanRules): SchemaPlan {
  const unasked = renameUnasked(sides.from, sides.to, rules.kinds);
  const planned: Sides = { ...sides, from: unasked.from };
  const changes = diff(planned.from, planned.to);
  const impact = impactOf(changes, planned, rules);
  const context: PlanContext = { ...planned, fate: (id) => impact.fates.get(id) ?? 'keep' };
  const renames = unasked.renames.flatMap((rename) => renameStatements(rename, rules.kinds, context));
  const body = new Planner(planned, impact, context, rules).statements();
  const all = finished([...renames, ...body], rules, context);
  return {
    changes: [...unasked.renames, ...changes],
    statements: withPrologue(all, rules, context),
  };
}

function finished(statements: readonly Statement[], rules: PlanRules, context: PlanContext): readonly Statement[] {
  return rules.finish?.(statements, context) ?? statements;
}

/** Settings for a transaction do not outlive it: each run of transactional statements gets its own. */
function withPrologue(statements: readonly Statement[], rules: PlanRules, context: PlanContext): Statement[] {
  if (rules.prologue === undefined) return [...statements];
  const runs: Statement[][] = [];
  for (const [at, statement] of statements.entries()) {
    const isAlone = statement.transactional === false;
    if (at === 0 || isAlone || statements[at - 1]!.transactional === false) runs.push([statement]);
    else runs.at(-1)!.push(statement);
  }
  return runs.flatMap((run) => (run[0]!.transactional === false ? run : [...rules.prologue!(run, context), ...run]));
}

function renameStatements(change: Change, kinds: KindTable, context: PlanContext): Statement[] {
  if (change.type !== 'rename') return [];
  return rulesFor(kinds, change.to).rename!(asAny(change.from), asAny(change.to), context);
}

class Planner {
  readonly #from: Schema;
  readonly #to: Schema;
  readonly #impact: Impact;
  readonly #context: PlanContext;
  readonly #kinds: KindTable;
  readonly #afterCreate: PlanRules['afterCreate'];
  readonly #combine: PlanRules['combine'];
  readonly #graph = new ActionGraph();
  readonly #moved = new Map<ObjectId, SchemaObject>();

  constructor(sides: Sides, impact: Impact, context: PlanContext, rules: PlanRules) {
    this.#from = sides.from;
    this.#to = sides.to;
    this.#impact = impact;
    this.#context = context;
    this.#kinds = rules.kinds;
    this.#afterCreate = rules.afterCreate?.bind(rules);
    this.#combine = rules.combine?.bind(rules);
  }

  statements(): Statement[] {
    this.#addNodes();
    this.#addEdges();
    this.#freeNames();
    linkOrders(this.#graph, this.#context, this.#impact.fates, this.#kinds, nodeOf);
    this.#joinParts();
    linkGoneFirst(this.#graph, this.#from, this.#to, this.#impact, this.#kinds, nodeOf);
    linkBehind(this.#graph, this.#context, this.#impact.fates, this.#kinds, nodeOf);
    linkMentions(this.#graph, this.#to, this.#impact.fates, this.#kinds, nodeOf);
    const compare = actionOrder(this.#context, this.#impact.fates, this.#kinds);
    const { groups, circle } = this.#graph.order(compare);
    if (circle.length > 0) throw this.#circular(circle);
    const combine = this.#combine;
    if (combine === undefined) return groups.flatMap((group) => this.#emit(group));
    const clusters = together(this.#graph, groups, (node) => this.#groupOf(node), compare);
    return clusters.flatMap((cluster) => combine(cluster.flatMap((group) => this.#emit(group))));
  }

  #groupOf(node: string): string | undefined {
    const [, id] = splitNode(node);
    const object = this.#to.get(id) ?? this.#from.get(id)!;
    return this.#rules(object).group?.(object);
  }

  #addNodes(): void {
    for (const [id, fate] of [...this.#impact.fates].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (fate === 'keep') continue;
      if (fate === 'alter') this.#graph.add(nodeOf('alter', id));
      if (fate === 'create' || fate === 'replace') this.#graph.add(nodeOf('create', id));
      if (fate === 'drop' || fate === 'replace') this.#graph.add(nodeOf('drop', id));
      if (!this.#impact.asides.has(id)) continue;
      this.#graph.add(nodeOf('move', id));
      if (this.#rules(this.#from.get(id)!).aside?.carry !== undefined) this.#graph.add(nodeOf('carry', id));
    }
  }

  #addEdges(): void {
    const graph = this.#graph;
    for (const [id, fate] of this.#impact.fates) {
      const isAside = this.#impact.asides.has(id);
      if (fate === 'create' || fate === 'replace') this.#comesAfterNeeds('create', id);
      if (fate === 'alter') {
        this.#comesAfterNeeds('alter', id);
        const isFirst = this.#rules(this.#to.get(id)!).moment?.alter === 'first';
        for (const { id: dependent } of isFirst ? [] : this.#from.dependents(id)) {
          if (!this.#isLoose(this.#from, dependent, id)) graph.edge(nodeOf('drop', dependent), nodeOf('alter', id));
        }
      }
      if (fate === 'drop' || fate === 'replace') {
        for (const { id: dependent } of this.#from.dependents(id)) {
          for (const theirs of [nodeOf('drop', dependent), nodeOf('alter', dependent)]) {
            if (theirs === nodeOf('alter', dependent) && this.#isLoose(this.#from, dependent, id)) continue;
            if (this.#lingers(this.#from, dependent, id)) graph.edge(nodeOf('drop', id), theirs);
            else graph.edge(theirs, nodeOf('drop', id));
          }
        }
      }
      if (fate !== 'replace') continue;
      if (isAside) this.#goesAside(id);
      else if (this.#rules(this.#to.get(id)!).remake !== undefined)
        graph.merge(nodeOf('create', id), nodeOf('drop', id));
      else if (!goesAlong(id, this.#from, this.#impact.asides)) graph.edge(nodeOf('drop', id), nodeOf('create', id));
    }
  }

  #comesAfterNeeds(verb: Verb, id: ObjectId): void {
    for (const need of this.#to.needs(id)) {
      if (need.strength === 'fate') continue;
      if (verb === 'alter' && this.#isLoose(this.#to, id, need.id)) continue;
      const isEarlier = this.#lingers(this.#to, id, need.id);
      if (isEarlier) this.#graph.edge(nodeOf(verb, id), nodeOf('create', need.id));
      else this.#graph.edge(nodeOf('create', need.id), nodeOf(verb, id));
      if (verb === 'create') this.#graph.edge(nodeOf('alter', need.id), nodeOf(verb, id));
    }
  }

  #lingers(side: Schema, id: ObjectId, needed: ObjectId): boolean {
    const object = side.get(id)!;
    return this.#rules(object).lingers?.(asAny(object), side.get(needed)!, this.#context) === true;
  }

  /** Whether one is free of the other before it goes: moved aside with its whole, which nothing holds on to any more. */
  #isLoose(side: Schema, id: ObjectId, needed: ObjectId): boolean {
    const object = side.get(id)!;
    if (this.#rules(object).outlives?.(asAny(object), side.get(needed)!) !== true) return false;
    return [id, needed].some((one) => goesAlong(one, this.#from, this.#impact.asides));
  }

  /** move › create › carry or follow › drop */
  #goesAside(id: ObjectId): void {
    const graph = this.#graph;
    graph.edge(nodeOf('move', id), nodeOf('create', id));
    graph.edge(nodeOf('create', id), nodeOf('drop', id));
    graph.edge(nodeOf('create', id), nodeOf('carry', id));
    graph.edge(nodeOf('carry', id), nodeOf('drop', id));
    if (!graph.has(nodeOf('carry', id))) return;
    const { aside } = this.#rules(this.#from.get(id)!);
    for (const { id: dependent, strength } of this.#to.dependents(id)) {
      if (strength === 'fate') continue;
      const isBefore = aside?.beforeRows?.(this.#to.get(dependent)!) === true;
      if (isBefore) graph.edge(nodeOf('create', dependent), nodeOf('carry', id));
      else graph.edge(nodeOf('carry', id), nodeOf('create', dependent));
    }
  }

  /** A name is free when what held it is dropped, moved or altered so that it holds it no more. */
  #freeNames(): void {
    const freed = new Map<string, string[]>();
    const taken = new Map<string, string[]>();
    const put = (names: Map<string, string[]>, name: string, node: string): unknown =>
      names.set(name, [...(names.get(name) ?? []), node]);
    for (const [id, fate] of this.#impact.fates) {
      if (fate === 'keep') continue;
      const before = fate === 'create' ? [] : this.#namesOf(this.#from.get(id)!);
      const after = fate === 'drop' ? [] : this.#namesOf(this.#to.get(id)!);
      const isAlter = fate === 'alter';
      const goes = nodeOf(isAlter ? 'alter' : this.#impact.asides.has(id) ? 'move' : 'drop', id);
      const comes = nodeOf(isAlter ? 'alter' : 'create', id);
      for (const name of before) if (!isAlter || !after.includes(name)) put(freed, name, goes);
      for (const name of after) if (!isAlter || !before.includes(name)) put(taken, name, comes);
    }
    for (const [name, nodes] of taken) {
      for (const before of freed.get(name) ?? []) for (const after of nodes) this.#graph.edge(before, after);
    }
  }

  #namesOf(object: SchemaObject): readonly string[] {
    return this.#rules(object).occupies?.(asAny(object), this.#context) ?? [];
  }

  #joinParts(): void {
    const gone = this.#outermostFirst('drop');
    for (const id of gone) this.#joinTakenAlong(id);
    // What stood between a part and its whole may have gone into the whole meanwhile.
    for (const strength of ['own', 'own', 'fate', 'own'] as const) {
      for (const id of gone) {
        for (const need of this.#from.needs(id)) {
          const whole = nodeOf('drop', need.id);
          if (need.strength !== strength || !this.#graph.has(whole)) continue;
          if (need.strength === 'fate' && !this.#isWhole(id)) continue;
          if (this.#graph.join(whole, nodeOf('drop', id))) break;
        }
      }
    }
    for (const id of this.#outermostFirst('create')) this.#absorbParts(id);
  }

  /** Whether nothing of it goes by itself before: that may be what would have taken it along. */
  #isWhole(id: ObjectId): boolean {
    return this.#from
      .dependents(id)
      .every(({ id: part, strength }) => strength !== 'own' || this.#graph.isJoined(nodeOf('drop', part)));
  }

  /** What goes silently with something it uses: what has to come before or after it has to with that. */
  #joinTakenAlong(id: ObjectId): void {
    const object = this.#from.get(id)!;
    for (const need of this.#from.needs(id)) {
      const isAlong =
        need.strength === 'use' && this.#graph.has(nodeOf('drop', need.id)) && this.#lingers(this.#from, id, need.id);
      if (!isAlong || this.#rules(object).drop(asAny(object), this.#context).length > 0) continue;
      if (this.#graph.join(nodeOf('drop', need.id), nodeOf('drop', id))) return;
    }
  }

  #absorbParts(id: ObjectId): void {
    const whole = this.#to.get(id)!;
    const rules = this.#rules(whole);
    if (rules.absorbs === undefined) return;
    const seen = new Set<ObjectId>();
    const queue: ObjectId[] = [id];
    for (let at = 0; at < queue.length; at++) {
      for (const { id: dependent } of this.#to.dependents(queue[at]!)) {
        const part = this.#to.get(dependent)!;
        if (seen.has(dependent) || !this.#graph.has(nodeOf('create', dependent))) continue;
        if (
          rules.absorbs(asAny(whole), part, this.#context) &&
          this.#graph.join(nodeOf('create', id), nodeOf('create', dependent))
        ) {
          // One that did not fit is met again behind what it needs: a generated column that stands before those it names.
          seen.add(dependent);
          queue.push(dependent);
        }
      }
    }
  }

  /** What has that fate or is replaced, in the order in which the kinds are listed, which has wholes before parts. */
  #outermostFirst(fate: 'create' | 'drop'): ObjectId[] {
    return [...this.#impact.fates]
      .filter(([, theirs]) => theirs === fate || theirs === 'replace')
      .map(([id]) => id)
      .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  }

  #emit(group: readonly string[]): Statement[] {
    const [first, ...rest] = group;
    const [verb, id] = splitNode(first!);
    const context = this.#context;
    if (verb === 'create') {
      const object = this.#to.get(id)!;
      const came = rest.map(splitNode).filter(([theirs]) => theirs === 'create');
      const parts = came.map(([, part]) => this.#to.get(part)!);
      const rules = this.#rules(object);
      const remade =
        this.#impact.fates.get(id) === 'replace'
          ? rules.remake?.(asAny(this.#from.get(id)!), asAny(object), { ...context, parts })
          : undefined;
      return [
        ...(remade ?? rules.create(asAny(object), { ...context, parts })),
        ...[object, ...parts].flatMap((created) => this.#afterCreate?.(created, context, created !== object) ?? []),
      ];
    }
    const object = this.#from.get(id)!;
    const rules = this.#rules(object);
    switch (verb) {
      case 'drop':
        return rules.drop(asAny(this.#moved.get(id) ?? object), context);
      case 'alter':
        return this.#alterStatements(id, object);
      case 'move': {
        const { statements, moved } = rules.aside!.move(asAny(object), context);
        this.#moved.set(id, moved as unknown as SchemaObject);
        return statements;
      }
      case 'carry': {
        const moved = this.#moved.get(id)!;
        return rules.aside!.carry!(asAny(moved), asAny(object), asAny(this.#to.get(id)!), context);
      }
    }
  }

  #alterStatements(id: ObjectId, object: SchemaObject): Statement[] {
    const after = this.#to.get(id)!;
    const rules = this.#rules(object);
    const follows = (this.#impact.follows.get(id) ?? []).flatMap(
      (replaced) => rules.follow!(asAny(object), asAny(after), this.#from.get(replaced)!, this.#context) ?? [],
    );
    return [...follows, ...(rules.alter?.(asAny(object), asAny(after), this.#context) ?? [])];
  }

  #rules(object: SchemaObject): AnyRules {
    return rulesFor(this.#kinds, object);
  }

  #circular(circle: readonly string[]): ToraleError {
    const steps = circle.map((node) => {
      const [verb, id] = splitNode(node);
      return `${verb} ${describeObject(this.#kinds, this.#to.get(id) ?? this.#from.get(id)!)}`;
    });
    return new ToraleError('REFUSED', `No order of these changes works, each needs the next: ${steps.join(' › ')}.`, {
      hint: 'Split the change into two revisions, or write this one by hand.',
      data: { objects: circle.map((node) => splitNode(node)[1]) },
    });
  }
}
