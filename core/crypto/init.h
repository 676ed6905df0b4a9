#pragma once
// What OpenSSL needs once in a process, before anything else of it is used.
namespace kms::crypto {

// Before anything else of core/crypto and before the secure heap is set up; later calls do nothing: neither openssl.cnf
// nor exit handlers (start-up time, and no code or engine that a configuration file names). Cheap: no provider is
// loaded before its first use. OpenSSL's readers and writers of keys leave copies of them in ordinary memory that they
// free as it is: from here on all that OpenSSL frees is wiped first.
void init();

}  // namespace kms::crypto
