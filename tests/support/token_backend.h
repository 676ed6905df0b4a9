#pragma once
// A custom key store's token, as tests want it: keys in memory, and whatever goes wrong.
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/keys/backend.h"

namespace kms::testing {

// Thread-safe, apart from `before`.
class TokenBackend final : public KeyBackend {
 public:
  bool remote() const override { return true; }
  std::unique_ptr<const UsableKey> open(const Transaction& transaction, const Key& key) const override;
  MadeMaterial make(const Key& key, Random& random) const override;
  void destroy(const Orphan& orphan) const override;
  std::string connect(const KeyStore& store, const SecretBytes& credential) const override;
  void disconnect(const KeyStore& store) const override;

  std::size_t size() const;  // how many keys it holds
  int count(std::string_view what) const;

  // Called with make, seal, open, destroy, connect or disconnect before that is done: takes its time, throws, or does
  // what others do meanwhile.
  std::function<void(std::string_view what)> before;

 private:
  struct Held;
  void begin(std::string_view what) const;

  mutable std::mutex mutex_;                                                // guards these
  mutable std::map<std::string, std::shared_ptr<const SecretBytes>> keys_;  // by id
  mutable std::map<std::string, int, std::less<>> counts_;
};

// KMSInvalidStateException, as what a token that was pulled out answers.
[[noreturn]] void throw_token_gone();

}  // namespace kms::testing
