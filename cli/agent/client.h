#pragma once
// The other end of the unix socket: how a command reaches the agent. Blocking, for one thread. Uses neither OpenSSL nor
// the vault: a command that only asks the agent starts in a millisecond.
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/agent/trust.h"
#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/json.h"

namespace kms::agent {

// The agent serves another vault than the one that is meant.
struct OtherVault : std::exception {};

class Client {
 public:
  // The one way to an agent. Nothing where nobody listens. FileException for other failures, AccessDeniedException as
  // require_trusted_peer(): nothing was sent then.
  static std::unique_ptr<Client> connect(const std::string& socket, const TrustedUsers& trusted);
  explicit Client(UniqueFd fd) : fd_(std::move(fd)) {}

  using Headers = std::vector<std::pair<std::string, std::string>>;
  struct Reply {
    unsigned status = 0;
    std::string body;  // to be wiped
  };
  // Throws FileException when the agent goes away. An empty `target` is GET of `path`.
  Reply exchange(std::string_view path, std::string_view target, const Headers& headers, ByteView body);
  // `request` and the answer as JSON. Throws the error that the answer is, in whatever form it came, and OtherVault.
  Json call(std::string_view target, const Headers& headers, Json request);
  Json get(std::string_view path, const Headers& headers);
  std::string get_text(std::string_view path);
  void require_success(Reply reply);

 private:
  Json parsed(Reply reply);
  UniqueFd fd_;
};

}  // namespace kms::agent
