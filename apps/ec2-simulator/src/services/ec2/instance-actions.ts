import type { Instance, InstanceState } from '../../account/instance.js';
import { marketOf } from '../../account/instance.js';
import { quotaCode } from '../../catalogue/quota-codes.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { stateView } from './instance-views.js';
import { overQuota, usedVcpus } from './run-instances.js';

export async function startInstances(call: Ec2Call): Promise<XmlObject> {
  const instances = named(call);
  for (const instance of instances) mustBe(instance, ['stopped', 'pending', 'running'], 'started');
  call.endDryRun();
  const stopped = instances.filter(({ state }) => state === 'stopped');
  for (const { subnet, type, spot } of stopped) {
    await call.meetFault({ zone: subnet.zone, instanceType: type.name, market: marketOf({ spot }) });
  }
  for (const { type, spot } of stopped) {
    const market = marketOf({ spot });
    const limit = call.account.quota(quotaCode(type, market));
    if (usedVcpus(call, type, market) + type.vcpus > limit) throw overQuota(market, limit);
  }
  return changed(instances, (instance) => {
    if (instance.state === 'stopped') call.site.lifecycle.begin(instance);
  });
}

export function stopInstances(call: Ec2Call): XmlObject {
  const instances = named(call);
  for (const instance of instances) {
    mustBe(instance, ['running', 'stopping', 'stopped'], 'stopped');
    if (instance.spot?.persistent === false) {
      const text = `You can't stop the Spot Instance '${instance.id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`;
      throw new ServiceError('UnsupportedOperation', text);
    }
  }
  call.endDryRun();
  const force = call.parameters.flag('Force') ?? false;
  return changed(instances, (instance) => {
    if (instance.state === 'running' || (force && instance.state === 'stopping'))
      call.site.lifecycle.stop(instance, 'user', force);
  });
}

export function rebootInstances(call: Ec2Call): XmlObject {
  const instances = named(call);
  for (const instance of instances) mustBe(instance, ['running'], 'rebooted');
  call.endDryRun();
  for (const { machine } of instances) machine.reboot();
  return { return: true };
}

export function terminateInstances(call: Ec2Call): XmlObject {
  const instances = named(call);
  call.endDryRun();
  return changed(instances, (instance) => call.site.lifecycle.terminate(instance, 'user'));
}

export function getConsoleOutput(call: Ec2Call): XmlObject {
  const [instance] = call.region.instancesOf([call.parameters.required('InstanceId')], call.now);
  call.endDryRun();
  const output = instance?.machine.console() ?? Buffer.alloc(0);
  return {
    instanceId: instance?.id,
    timestamp: call.account.clock.date(),
    output: output.length === 0 ? undefined : output.toString('base64'),
  };
}

function named(call: Ec2Call): Instance[] {
  call.parameters.required('InstanceId.1');
  return call.region.instancesOf(call.parameters.list('InstanceId'), call.now);
}

function mustBe({ id, state }: Instance, states: readonly InstanceState[], what: string): void {
  if (states.includes(state)) return;
  throw new ServiceError(
    'IncorrectInstanceState',
    `The instance '${id}' is not in a state from which it can be ${what}.`,
  );
}

function changed(instances: readonly Instance[], act: (instance: Instance) => void): XmlObject {
  const items = instances.map((instance) => {
    const previous = instance.state;
    act(instance);
    return { instanceId: instance.id, currentState: stateView(instance.state), previousState: stateView(previous) };
  });
  return { instancesSet: items };
}
