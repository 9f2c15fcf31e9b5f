import { type CreateToken, CreateTokenSchema, IdSchema, type TokenView, TokenViewSchema } from '@mle/protocol';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { type AuthUser, CurrentUser, SessionOnly } from '../../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam } from '../../platform/http/zod.js';
import { TokensService } from './tokens.service.js';

@Controller('api/v1/tokens')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  @Get()
  @Returns(200, z.object({ items: z.array(TokenViewSchema) }), 'Your tokens, without their values')
  async list(@CurrentUser() user: AuthUser): Promise<{ items: TokenView[] }> {
    return { items: await this.tokens.list(user.id) };
  }

  @Post()
  @SessionOnly()
  @Returns(201, TokenViewSchema, 'Makes a token; its value is shown in this answer only')
  create(@CurrentUser() user: AuthUser, @ZodBody(CreateTokenSchema) body: CreateToken): Promise<TokenView> {
    return this.tokens.create(user.id, body);
  }

  @Delete(':id')
  @SessionOnly()
  @Returns(204, 'empty', 'Takes a token back')
  delete(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.tokens.delete(user.id, id);
  }
}
