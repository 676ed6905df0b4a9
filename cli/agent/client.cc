#include "cli/agent/client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/agent/http.h"
#include "cli/agent/protocol.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/dispatch.h"

namespace kms::agent {
namespace {

constexpr std::uint64_t kAnswerLimit = 64ULL << 20U;

[[noreturn]] void gone() {
  throw Error(ErrorCode::kFile, "the agent closed the connection before it answered");
}

}  // namespace

std::unique_ptr<Client> Client::connect(const std::string& socket, bool only_own) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.empty() || socket.size() >= sizeof(address.sun_path)) return nullptr;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw_file_error("socket", errno);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return nullptr;
    throw_file_error(socket, errno);
  }
  ucred server{};
  socklen_t size = sizeof server;
  if (getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &server, &size) != 0) throw_file_error(socket, errno);
  if (only_own && server.uid != geteuid() && server.uid != 0) return nullptr;
  return std::make_unique<Client>(std::move(fd));
}

Client::Reply Client::exchange(std::string_view path, std::string_view target, const Headers& headers, ByteView body) {
  BodyText message;
  const auto add = [&](std::string_view text) { message.append(text.data(), text.size()); };
  add(cat(target.empty() ? "GET " : "POST ", path,
          " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: kmsctl/" KMSCTL_VERSION "\r\n"));
  if (!target.empty()) add(cat("X-Amz-Target: ", target, "\r\nContent-Length: ", std::to_string(body.size()), "\r\n"));
  for (const auto& [name, value] : headers) add(cat(name, ": ", value, "\r\n"));
  add("\r\n");
  add(as_text(body));
  write_all(fd_.get(), as_bytes(view_of(message)), "the agent's socket");

  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerLimit);
  parser.eager(true);
  BodyText pending;
  std::array<char, 16384> piece{};
  while (!parser.is_done()) {
    const ssize_t count = read(fd_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) gone();
    pending.append(piece.data(), static_cast<std::size_t>(count));
    boost::system::error_code error;
    const std::size_t used = parser.put(boost::asio::buffer(pending), error);
    if (error && error != http::error::need_more) gone();
    pending.erase(0, used);
  }
  explicit_bzero(piece.data(), piece.size());
  return {parser.get().result_int(), std::move(parser.get().body())};
}

Json Client::parsed(Reply reply) {
  Json answer = reply.body.empty() ? Json::object() : Json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  wipe(reply.body);
  if (answer.is_discarded()) throw Error(ErrorCode::kInternal, "the agent answered no JSON");
  if (answer.is_object() && answer.contains("__type") && !answer.contains("message")) answer["message"] = "";
  throw_if_error(answer);
  return answer;
}

void Client::require_success(Reply reply) {
  (void)parsed(std::move(reply));
}

Json Client::call(std::string_view target, const Headers& headers, Json request) {
  std::string body = request.dump(-1, ' ', false, Json::error_handler_t::replace);
  wipe(request);
  Reply reply = exchange("/", target, headers, as_bytes(body));
  wipe(body);
  if (reply.status == kOtherVaultStatus) throw OtherVault();
  return parsed(std::move(reply));
}

Json Client::get(std::string_view path, const Headers& headers) {
  Reply reply = exchange(path, {}, headers, {});
  if (reply.status == kOtherVaultStatus) throw OtherVault();
  return parsed(std::move(reply));
}

}  // namespace kms::agent
