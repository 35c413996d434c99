import { KINDS, type Kind } from '../../../schema/kinds.ts';
import type { KindTable, Unsupported } from '../../../diff/rules.ts';
import { accessMethod, accessMethodReader } from './access-method.ts';
import { aggregate, aggregateReader } from './aggregate.ts';
import { baseType, baseTypeReader } from './base-type.ts';
import { collation, collationReader } from './collation.ts';
import { comment, commentReader } from './comment.ts';
import { compositeType, compositeTypeReader } from './composite-type.ts';
import { conversion, conversionReader } from './conversion.ts';
import { defaultPrivileges, defaultPrivilegesReader } from './default-privileges.ts';
import { domainConstraint, domainConstraintReader } from './domain-constraint.ts';
import { domain, domainReader } from './domain.ts';
import { eventTrigger, eventTriggerReader } from './event-trigger.ts';
import { extension, extensionReader } from './extension.ts';
import { language, languageReader } from './language.ts';
import { materializedView, materializedViewReader } from './materialized-view.ts';
import { owner, ownerReader } from './owner.ts';
import { privileges, privilegesReader } from './privileges.ts';
import { rangeType, rangeTypeReader } from './range-type.ts';
import { rule, ruleReader } from './rule.ts';
import { enumReader, enumRules } from './enum.ts';
import { policy, policyReader } from './policy.ts';
import { routine, routineReader } from './routine.ts';
import { clusterOn, clusterOnReader } from './cluster-on.ts';
import type { AnyReader } from '../reader.ts';
import { columnReader } from './column-reader.ts';
import { column } from './column.ts';
import { constraintDefinitionReader, constraintReader } from './constraint-reader.ts';
import { constraint } from './constraint.ts';
import { columnDefault, defaultReader } from './default.ts';
import { indexDefinitionReader, indexReader } from './index-reader.ts';
import { keyCopiesReader } from './key-copies.ts';
import { index } from './index-rules.ts';
import { inheritance, inheritanceReader } from './inheritance.ts';
import { partition, partitionReader } from './partition.ts';
import { replicaIdentity, replicaIdentityReader } from './replica-identity.ts';
import { sequenceOwner, sequenceOwnerReader } from './sequence-owner.ts';
import { sequence, sequenceReader } from './sequence.ts';
import { statistics, statisticsReader } from './statistics.ts';
import { tableReader } from './table-reader.ts';
import { table } from './table.ts';
import { schema, schemaReader } from './schema.ts';
import { trigger, triggerReader } from './trigger.ts';
import { view, viewReader } from './view.ts';
import { operator, operatorReader } from './operator.ts';
import { operatorFamily, operatorFamilyReader } from './operator-family.ts';
import { operatorClass, operatorClassReader } from './operator-class.ts';
import { cast, castReader } from './cast.ts';
import { transform, transformReader } from './transform.ts';
import { textSearchDictionary, textSearchDictionaryReader } from './text-search-dictionary.ts';
import { textSearchConfiguration, textSearchConfigurationReader } from './text-search-configuration.ts';
import { foreignDataWrapper, foreignDataWrapperReader } from './foreign-data-wrapper.ts';
import { server, serverReader } from './server.ts';
import { userMapping, userMappingReader } from './user-mapping.ts';
import { publication, publicationReader } from './publication.ts';
import { subscription, subscriptionReader } from './subscription.ts';
import { securityLabel, securityLabelReader } from './security-label.ts';
import {
  textSearchParser,
  textSearchParserReader,
  textSearchTemplate,
  textSearchTemplateReader,
} from './text-search.ts';

/**
 * Statement by statement: the large ones alone, so that one is taken in while the server works on the next. Relations come
 * first, since the others ask which of them there are. A statement is made before the answer to the one before is taken in:
 * between constraints or indexes and their definitions there has to be one more.
 */
export const READERS: readonly (readonly AnyReader[])[] = [
  [schemaReader, tableReader, viewReader, materializedViewReader],
  [columnReader],
  [constraintReader],
  [indexReader],
  [
    constraintDefinitionReader,
    defaultReader,
    keyCopiesReader,
    sequenceReader,
    sequenceOwnerReader,
    partitionReader,
    inheritanceReader,
    replicaIdentityReader,
    clusterOnReader,
    statisticsReader,
    enumReader,
    routineReader,
    triggerReader,
    policyReader,
    accessMethodReader,
    aggregateReader,
    baseTypeReader,
    collationReader,
    compositeTypeReader,
    conversionReader,
    domainConstraintReader,
    domainReader,
    eventTriggerReader,
    extensionReader,
    languageReader,
    rangeTypeReader,
    ruleReader,
    commentReader,
    ownerReader,
    privilegesReader,
    defaultPrivilegesReader,
    operatorReader,
    operatorFamilyReader,
    operatorClassReader,
    castReader,
    transformReader,
    textSearchDictionaryReader,
    textSearchConfigurationReader,
    foreignDataWrapperReader,
    serverReader,
    userMappingReader,
    publicationReader,
    subscriptionReader,
    securityLabelReader,
    textSearchParserReader,
    textSearchTemplateReader,
  ],
  [indexDefinitionReader],
];

const todo: Unsupported = { unsupported: 'not yet' };
const todos = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, todo])) as Record<Kind, Unsupported>;

export const kinds: KindTable = {
  ...todos,
  table,
  column,
  default: columnDefault,
  constraint,
  index,
  sequence,
  sequenceOwner,
  partition,
  inheritance,
  replicaIdentity,
  clusterOn,
  statistics,
  schema,
  enum: enumRules,
  view,
  routine,
  trigger,
  policy,
  accessMethod,
  aggregate,
  baseType,
  collation,
  compositeType,
  conversion,
  domainConstraint,
  domain,
  eventTrigger,
  extension,
  language,
  materializedView,
  rangeType,
  rule,
  comment,
  owner,
  privileges,
  defaultPrivileges,
  operator,
  operatorFamily,
  operatorClass,
  cast,
  transform,
  textSearchDictionary,
  textSearchConfiguration,
  foreignDataWrapper,
  server,
  userMapping,
  publication,
  subscription,
  securityLabel,
  textSearchParser,
  textSearchTemplate,
};
