import type { Role, UserView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { keyOfLogin } from './login-key.js';
import { USER_MODEL, type UserDocument } from './user.schema.js';

const view = ({ _id, login, role, createdAt }: UserDocument): UserView => ({
  id: String(_id),
  login,
  role,
  createdAt: createdAt.toISOString(),
});

@Injectable()
export class UsersRepository {
  constructor(@InjectModel(USER_MODEL) private readonly users: Model<UserDocument>) {}

  /** Rejects with a duplicate error when the login is taken. */
  async insert(user: { login: string; passwordHash: string; role: Role }): Promise<UserView> {
    const created = await this.users.create({ ...user, loginKey: keyOfLogin(user.login), createdAt: new Date() });
    return view(created.toObject());
  }

  async list(): Promise<UserView[]> {
    return (await this.users.find().sort({ loginKey: 1 }).lean()).map(view);
  }

  async byId(id: string): Promise<UserView | null> {
    const found = await this.users.findById(objectId(id)).lean();
    return found && view(found);
  }

  /** With the password's hash, which no view carries. */
  async credentials(login: string): Promise<{ user: UserView; passwordHash: string } | null> {
    const found = await this.users.findOne({ loginKey: keyOfLogin(login) }).lean();
    return found && { user: view(found), passwordHash: found.passwordHash };
  }

  async update(id: string, change: { login?: string; passwordHash?: string; role?: Role }): Promise<UserView | null> {
    const set = { ...change, ...(change.login !== undefined && { loginKey: keyOfLogin(change.login) }) };
    const found = await this.users
      .findOneAndUpdate({ _id: objectId(id) }, { $set: set }, { returnDocument: 'after' })
      .lean();
    return found && view(found);
  }

  async delete(id: string): Promise<void> {
    await this.users.deleteOne({ _id: objectId(id) });
  }

  async count(): Promise<number> {
    return this.users.countDocuments();
  }

  async administratorIds(): Promise<string[]> {
    return (await this.users.find({ role: 'admin' }, { _id: 1 }).lean()).map(({ _id }) => String(_id));
  }

  async countAdmins(): Promise<number> {
    return this.users.countDocuments({ role: 'admin' });
  }
}
