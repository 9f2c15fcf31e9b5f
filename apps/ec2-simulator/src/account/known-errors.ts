/** Errors as the service words them, for faults that name only a code. */
const KNOWN: Record<string, [status: number, message: string]> = {
  AuthFailure: [401, 'AWS was not able to validate the provided access credentials'],
  Blocked: [
    403,
    'This account is currently blocked and not recognized as a valid account. Please contact aws-verification@amazon.com if you have questions.',
  ],
  ExpiredToken: [400, 'The security token included in the request is expired'],
  InsufficientFreeAddressesInSubnet: [
    400,
    'There are not enough free addresses in the subnet to satisfy the requested number of instances.',
  ],
  InsufficientInstanceCapacity: [
    500,
    'We currently do not have sufficient capacity for the instance type that you requested. Please try again later.',
  ],
  InternalError: [500, 'An internal error has occurred'],
  InvalidClientTokenId: [403, 'The security token included in the request is invalid.'],
  MaxSpotInstanceCountExceeded: [400, 'Max spot instance count exceeded'],
  OptInRequired: [401, 'You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.'],
  PendingVerification: [
    400,
    'Your request for accessing resources in this region is being validated, and you will not be able to launch additional resources in this region until the validation is complete.',
  ],
  RequestLimitExceeded: [503, 'Request limit exceeded.'],
  ServiceUnavailable: [503, 'The service is unavailable. Please try again shortly.'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  ],
  UnauthorizedOperation: [403, 'You are not authorized to perform this operation.'],
  AccessDenied: [403, 'User is not authorized to perform this operation.'],
  AccessDeniedException: [400, 'User is not authorized to perform this operation.'],
  ThrottlingException: [400, 'Rate exceeded'],
  'AuthFailure.ServiceLinkedRoleCreationNotPermitted': [
    403,
    'The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.',
  ],
  VcpuLimitExceeded: [
    400,
    'You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.',
  ],
};

export function knownError(code: string): { status: number; message: string } {
  const [status, message] = KNOWN[code] ?? [400, `The request failed with ${code}.`];
  return { status, message };
}
