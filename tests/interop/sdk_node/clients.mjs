// The AWS SDK for JavaScript and the AWS Encryption SDK against the loopback endpoint: files that either side writes
// open on the other. The credentials and the endpoint are in the environment; see ../sdk_node.sh.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import {
  CreateAliasCommand, CreateKeyCommand, DecryptCommand, EncryptCommand, GetPublicKeyCommand, KMSClient, NotFoundException,
  DisabledException, DisableKeyCommand, ReplicateKeyCommand, SignCommand
} from '@aws-sdk/client-kms'
import {
  AwsKmsMrkAwareSymmetricKeyringNode, buildClient, CommitmentPolicy, getClient, KMS, KmsKeyringNode
} from '@aws-crypto/client-node'

const kmsctl = process.argv[2]
const endpoint = process.env.KMSCTL_ENDPOINT
const kms = new KMSClient({ endpoint, region: 'us-east-1' })
const run = (...words) => execFileSync(kmsctl, words)
const newKey = async (input = {}) => (await kms.send(new CreateKeyCommand(input))).KeyMetadata

async function sdk () {
  const key = await newKey({ Description: 'node' })
  const EncryptionContext = { stage: 'prod' }
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: key.Arn, Plaintext: Buffer.from('secret'), EncryptionContext }))
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
  assert.equal(Buffer.from(Plaintext).toString(), 'secret')
  assert.equal((await kms.send(new CreateAliasCommand({ AliasName: 'alias/node', TargetKeyId: key.KeyId }))).$metadata.httpStatusCode, 200)
  await assert.rejects(kms.send(new EncryptCommand({ KeyId: 'alias/none', Plaintext: Buffer.from('x') })), NotFoundException)
  const signer = (await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })).KeyId
  const Message = createHash('sha256').update('message').digest()
  const { Signature } = await kms.send(
    new SignCommand({ KeyId: signer, Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' }))
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: signer }))
  const publicKey = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' })
  assert(verify('sha256', Buffer.from('message'), publicKey, Signature))
  const doomed = await newKey()
  await kms.send(new DisableKeyCommand({ KeyId: doomed.KeyId }))
  await assert.rejects(kms.send(new EncryptCommand({ KeyId: doomed.KeyId, Plaintext: Buffer.from('x') })), DisabledException)
  const stranger = new KMSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'x' } })
  await assert.rejects(stranger.send(new DecryptCommand({ CiphertextBlob })), { name: 'UnrecognizedClientException' })
}

const clientProvider = getClient(KMS, { endpoint })
const context = { purpose: 'interop' }
const plain = Buffer.alloc(200_000, 'plain text ')

// Both directions for one keyring that encrypts and one that decrypts.
async function exchange (name, client, encrypting, decrypting, ours) {
  const { result } = await client.encrypt(encrypting, plain, { encryptionContext: context })
  writeFileSync(`${name}.kms`, result)
  run('decrypt-file', '-c', 'purpose=interop', '--force', '-o', `${name}.out`, `${name}.kms`)
  assert(readFileSync(`${name}.out`).equals(plain), `${name}: kmsctl reads something else`)
  writeFileSync('plain', plain)
  run('encrypt-file', ...ours, '-c', 'purpose=interop', '--force', '-o', `${name}.ours`, 'plain')
  const opened = await client.decrypt(decrypting, readFileSync(`${name}.ours`))
  assert(opened.plaintext.equals(plain), `${name}: the SDK reads something else`)
  assert.equal(opened.messageHeader.encryptionContext.purpose, 'interop')
}

async function encryptionSdk () {
  const one = (await newKey()).Arn
  const two = (await newKey()).Arn
  const strict = new KmsKeyringNode({ generatorKeyId: one, clientProvider })
  const discovery = new KmsKeyringNode({ discovery: true, clientProvider })
  const committing = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
  await exchange('signed', committing, strict, strict, ['-k', one, '--sign'])
  await exchange('discovery', committing, strict, discovery, ['-k', one])
  const several = new KmsKeyringNode({ generatorKeyId: one, keyIds: [two], clientProvider })
  await exchange('several', committing, several, new KmsKeyringNode({ keyIds: [two], clientProvider }), ['-k', two])

  // The committing suite without a signature, 0478.
  const { result } = await committing.encrypt(strict, plain, { suiteId: 0x0478, encryptionContext: context })
  assert.equal(result.readUInt16BE(1), 0x0478)
  writeFileSync('unsigned.kms', result)
  run('decrypt-file', '--force', '-o', 'unsigned.out', 'unsigned.kms')
  assert(readFileSync('unsigned.out').equals(plain))
  assert.notEqual(spawnSync(kmsctl, ['decrypt-file', '-c', 'purpose=other', '--force', '-o', 'no', 'unsigned.kms']).status, 0)
  result[result.length - 1] ^= 1
  writeFileSync('damaged.kms', result)
  assert.equal(spawnSync(kmsctl, ['decrypt-file', '--force', '-o', 'no', 'damaged.kms']).status, 6)

  // A multi-Region key: what one Region encrypts, the other opens.
  const mrk = await newKey({ MultiRegion: true })
  await kms.send(new ReplicateKeyCommand({ KeyId: mrk.KeyId, ReplicaRegion: 'eu-west-1' }))
  const west = mrk.Arn.replace('us-east-1', 'eu-west-1')
  const keyring = (keyId) => new AwsKmsMrkAwareSymmetricKeyringNode({ keyId, client: clientProvider(keyId.split(':')[3]) })
  await exchange('mrk', committing, keyring(mrk.Arn), keyring(west), ['-k', mrk.Arn])
}

await sdk()
await encryptionSdk()
console.log('node: typed exceptions, signatures, and Encryption SDK messages both ways: signed, unsigned, discovery, several keys, multi-Region')
