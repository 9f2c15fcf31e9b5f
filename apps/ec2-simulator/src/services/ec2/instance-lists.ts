import { type Instance, marketOf, STATE_CODES } from '../../account/instance.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered, TAG_FIELDS } from './filters.js';
import { reservationView, stateView } from './instance-views.js';

const FIELDS: Fields<Instance> = {
  ...TAG_FIELDS,
  'instance-id': ({ id }) => id,
  'instance-state-name': ({ state }) => state,
  'instance-state-code': ({ state }) => String(STATE_CODES[state]),
  'client-token': ({ clientToken }) => clientToken,
  'instance-type': ({ type }) => type.name,
  'image-id': ({ image }) => image.id,
  'availability-zone': ({ subnet }) => subnet.zone,
  'subnet-id': ({ subnet }) => subnet.id,
  'vpc-id': ({ subnet }) => subnet.vpc.id,
  'reservation-id': ({ reservationId }) => reservationId,
  'instance.group-id': ({ groups }) => groups.map(({ id }) => id),
  'instance.group-name': ({ groups }) => groups.map(({ name }) => name),
  'instance-lifecycle': (instance) => (marketOf(instance) === 'spot' ? 'spot' : undefined),
  'spot-instance-request-id': ({ spot }) => spot?.id,
  'ip-address': ({ publicAddress }) => publicAddress ?? undefined,
  'private-ip-address': ({ privateAddress }) => privateAddress,
  architecture: ({ type }) => type.architecture,
};

export function describeInstances(call: Ec2Call): XmlObject {
  const selected = select(call);
  const { items, nextToken } = call.page(selected);
  const reservations = new Set(items.map(({ reservationId }) => reservationId));
  return {
    reservationSet: [...reservations].map((id) => {
      const instances = items.filter(({ reservationId }) => reservationId === id);
      return reservationView(id, instances, call.now);
    }),
    nextToken,
  };
}

/** Only instances that run, unless all are asked for. */
export function describeInstanceStatus(call: Ec2Call): XmlObject {
  const { statusChecks } = call.account.settings.timings;
  const shown = select(call).filter(
    ({ state }) => call.parameters.flag('IncludeAllInstances') === true || state === 'running',
  );
  const { items, nextToken } = call.page(shown);
  return {
    instanceStatusSet: items.map((instance) => {
      const passed = call.now - instance.stateSince >= statusChecks;
      const status = instance.state !== 'running' ? 'not-applicable' : passed ? 'ok' : 'initializing';
      const details =
        status === 'not-applicable' ? [] : [{ name: 'reachability', status: passed ? 'passed' : 'initializing' }];
      return {
        instanceId: instance.id,
        availabilityZone: instance.subnet.zone,
        instanceState: stateView(instance.state),
        systemStatus: { status, details },
        instanceStatus: { status, details },
      };
    }),
    nextToken,
  };
}

function select(call: Ec2Call): Instance[] {
  const { parameters, region, now } = call;
  const ids = parameters.list('InstanceId');
  if (ids.length > 0 && parameters.has('MaxResults')) {
    const text = 'The parameter instancesSet cannot be used with the parameter maxResults';
    throw new ServiceError('InvalidParameterCombination', text);
  }
  const instances = ids.length > 0 ? region.instancesOf(ids, now) : region.visibleInstances(now);
  return filtered(instances, parameters, FIELDS, ({ tags }) => tags);
}
