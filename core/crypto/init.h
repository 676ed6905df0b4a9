#pragma once
namespace kms::crypto {

// Once per process, before anything else of core/crypto: neither openssl.cnf nor exit handlers (start-up time, and
// no code or engine that a configuration file names). Cheap: no provider is loaded before its first use.
void init();

}  // namespace kms::crypto
