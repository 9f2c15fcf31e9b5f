import { Global, Module } from '@nestjs/common';
import { ServerCertificate } from './server-certificate.js';

@Global()
@Module({ providers: [ServerCertificate], exports: [ServerCertificate] })
export class TlsModule {}
