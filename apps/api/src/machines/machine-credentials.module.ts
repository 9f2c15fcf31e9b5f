import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { JoinToken, JoinTokenSchema, Machine, MachineSchema } from './machine.schema.js';
import { MachineCredentials } from './machine-credentials.js';
import { MachinesRepository } from './machines.repository.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Machine.name, schema: MachineSchema },
      { name: JoinToken.name, schema: JoinTokenSchema },
    ]),
  ],
  providers: [MachineCredentials, MachinesRepository],
  exports: [MachineCredentials, MachinesRepository],
})
export class MachineCredentialsModule {}
