#include "cli/agent/server.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "cli/agent/endpoint.h"
#include "cli/agent/http_connection.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
template <class Protocol>
using Socket = asio::basic_stream_socket<Protocol, asio::io_context::executor_type>;
template <class Protocol>
using Acceptor = asio::basic_socket_acceptor<Protocol, asio::io_context::executor_type>;

constexpr std::size_t kWorkers = 2;
constexpr auto kTick = std::chrono::seconds(1);
constexpr auto kPatience = std::chrono::seconds(10);  // with what is under way when the agent ends

// As many files as the system lets a process have: each connection is one. Returns how many connections that allows.
std::size_t raise_file_limit(std::size_t wanted) {
  constexpr rlim_t kOthers = 64;  // the vault's, and what listens
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) return wanted;
  return std::min<std::size_t>(wanted, std::max(limit.rlim_cur, 2 * kOthers) - kOthers);
}

// Whose connections are counted together.
std::string source_of(const Peer& peer) {
  return peer.unix_socket ? cat("uid ", std::to_string(peer.uid)) : peer.address;
}

std::shared_ptr<ssl::context> load_tls(const ServerOptions& options) {
  if (options.tls_certificate.empty()) return nullptr;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  boost::system::error_code error;
  context->use_certificate_chain_file(options.tls_certificate, error);
  if (error) throw Error(ErrorCode::kFile, cat(options.tls_certificate, ": no certificate chain in PEM can be read"));
  context->use_private_key_file(options.tls_key, ssl::context::pem, error);
  if (error) throw Error(ErrorCode::kFile, cat(options.tls_key, ": no private key of the certificate can be read"));
  return context;
}

std::set<std::string> host_names(const ServerOptions& options) {
  std::set<std::string> names = {"localhost", "127.0.0.1", "[::1]"};
  for (const std::string& text : options.listen) {
    const std::string host = parse_endpoint(text).host;
    const bool is_six = std::count(host.begin(), host.end(), ':') > 0;
    names.insert(is_six ? cat("[", host, "]") : host);
  }
  for (const std::string& host : options.hosts) names.insert(lower_ascii(host));
  return names;
}

// The connections of one thread. Each stays in its own, so that nothing of it is locked.
struct Loop {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> kept{io.get_executor()};
  std::size_t connections = 0;  // under the server's mutex
};

std::vector<std::unique_ptr<Loop>> make_loops() {
  std::vector<std::unique_ptr<Loop>> loops(std::max(2U, std::thread::hardware_concurrency()));
  for (auto& loop : loops) loop = std::make_unique<Loop>();
  return loops;
}

class Server {
 public:
  Server(const ServerOptions& options, VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random,
         const std::function<void(const std::string&)>& log)
      : options_(options),
        keeper_(keeper),
        metrics_(metrics),
        log_(log),
        tls_(load_tls(options)),
        frontend_(keeper, metrics, clock, random, host_names(options), {[this] { stop(); }, [this] { reload(); }, log}),
        signals_(io_, SIGTERM, SIGINT, SIGHUP),
        ticker_(io_),
        workers_(kWorkers) {
    most_connections_ = raise_file_limit(options_.most_connections);
    for (const std::string& text : options_.listen) open_tcp(text);
    open_unix_sockets();  // last: what throws behind it would leave the socket's file
  }

  ~Server() { remove_sockets(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  void run() {
    wait_for_signal();
    tick();
    notify_service_manager("READY=1");
    std::vector<std::thread> threads;
    threads.reserve(loops_.size() - 1);
    for (std::size_t i = 1; i < loops_.size(); ++i) {
      threads.emplace_back([this, &loop = *loops_[i]] { run(loop.io); });
    }
    run(io_);
    for (std::thread& each : threads) each.join();
    release_vault();  // before the workers are waited for: one of them may wait until nobody uses it
    workers_.join();
    release_vault();
  }

 private:
  void remove_sockets() {
    const std::lock_guard lock(mutex_);
    for (const std::string& path : own_paths_) unlink(path.c_str());
    own_paths_.clear();
  }

  // Answers that came too late to be sent still hold the vault.
  void release_vault() {
    while (keeper_.in_use()) {
      for (const auto& loop : loops_) {
        loop->io.restart();
        loop->io.poll();
      }
      frontend_.commit();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  // What is at hand, then one commit for all of it; then it waits for more.
  void run(asio::io_context& io) {
    constexpr int kTurn = 128;
    while (!io.stopped()) {
      int handled = 0;
      while (handled < kTurn && io.poll_one() > 0) {
        if (handled++ == 0) ++busy_;
      }
      if (handled == 0 || --busy_ == 0 || !leave_commit()) commit();
      if (handled < kTurn) io.run_one();
    }
  }

  // To a thread that still handles what it has at hand: one write to the disk for both instead of two. Not twice
  // without a commit between, so that nobody waits longer than for one such turn.
  bool leave_commit() { return !left_.exchange(true); }

  void commit() {
    left_ = false;
    frontend_.commit();
  }

  void open_unix_sockets() {
    for (UniqueFd& fd : inherited_sockets()) add_unix(std::move(fd));
    std::string path = options_.socket;
    if (unix_acceptors_.empty()) {
      if (path.empty()) path = options_.default_socket;
      add_unix(listen_at(path, options_.socket_mode));
      log_(cat("listening at ", path));
    }
    if (!path.empty()) own_paths_.push_back(path);
  }

  void add_unix(UniqueFd fd) {
    unix_acceptors_.push_back(std::make_unique<Acceptor<Local>>(io_.get_executor()));
    unix_acceptors_.back()->assign(Local(), fd.release());
    unix_acceptors_.back()->non_blocking(true);
    accept(*unix_acceptors_.back());
  }

  void open_tcp(const std::string& text) {
    const TcpEndpoint wanted = parse_endpoint(text);
    if (!wanted.loopback && !tls_) {
      throw Error(
          ErrorCode::kUsage,
          cat("--listen ", text, ": requests would cross the network in the clear; give --tls-cert and --tls-key"));
    }
    const Tcp::endpoint endpoint(asio::ip::make_address(wanted.host), wanted.port);
    auto acceptor = std::make_unique<Acceptor<Tcp>>(io_.get_executor());
    boost::system::error_code error;
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor->non_blocking(true, error);
    if (error) throw Error(ErrorCode::kFile, cat(text, ": ", error.message()));
    log_(cat("listening at ", tls_ ? "https://" : "http://", wanted.host, ":",
             std::to_string(acceptor->local_endpoint().port())));
    tcp_acceptors_.push_back(std::move(acceptor));
    accept(*tcp_acceptors_.back());
  }

  // The loop that has least to do: the listening one where they are equal, so that a command which finds the agent idle
  // waits for no other thread to wake up.
  Loop& idlest_loop() {
    const std::lock_guard lock(mutex_);
    return **std::min_element(loops_.begin(), loops_.end(),
                              [](const auto& a, const auto& b) { return a->connections < b->connections; });
  }

  template <class Protocol>
  void accept(Acceptor<Protocol>& acceptor) {
    acceptor.async_wait(asio::socket_base::wait_read, [this, &acceptor](const boost::system::error_code& failed) {
      if (stopping_ || failed == asio::error::operation_aborted) return;
      Loop& loop = idlest_loop();
      boost::system::error_code error = failed;
      Socket<Protocol> socket(loop.io);
      if (!error) acceptor.accept(socket, error);
      if (!error) serve(loop, std::move(socket));
      if (!error || error == asio::error::would_block || error == asio::error::connection_aborted)
        return accept(acceptor);
      // Out of files, most likely: those that are open come back.
      auto pause = std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds(100));
      pause->async_wait([this, &acceptor, pause](const boost::system::error_code&) { accept(acceptor); });
    });
  }

  void serve(Loop& loop, Socket<Local> socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return;
    start(loop, std::move(socket), {true, credentials.uid, "127.0.0.1"});
  }

  void serve(Loop& loop, Socket<Tcp> socket) {
    boost::system::error_code error;
    socket.set_option(Tcp::no_delay(true), error);
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    Peer peer{false, 0, remote.address().to_string()};
    const auto tls = current_tls();
    if (!tls) return start(loop, std::move(socket), std::move(peer));
    start(loop, ssl::stream<Socket<Tcp>>(std::move(socket), *tls), std::move(peer), tls);
  }

  // `tls` lives as long as the connection.
  template <class Stream>
  void start(Loop& loop, Stream stream, Peer peer, const std::shared_ptr<ssl::context>& tls = nullptr) {
    const std::lock_guard lock(mutex_);
    const std::string source = source_of(peer);
    // Nobody takes more than half: there is room for the others.
    const auto known = by_source_.find(source);
    const bool too_many = known != by_source_.end() && known->second >= most_connections_ / 2;
    if (connections_.size() >= most_connections_ || too_many) return;  // closes it
    const auto connection = std::make_shared<HttpConnection<Stream>>(
        std::move(stream), std::move(peer), frontend_, defer(), ConnectionLimits{},
        [this, tls, source, &loop](const auto& ended) { forget(loop, ended, source); });
    connections_.insert(connection);
    ++by_source_[source];
    ++loop.connections;
    metrics_.connected(1);
    connection->start();
  }

  Defer defer() {
    return [this](std::function<void()> work) { asio::post(workers_, std::move(work)); };
  }

  void end() {
    for (const auto& loop : loops_) loop->io.stop();
  }

  void forget(Loop& loop, const std::shared_ptr<Connection>& ended, const std::string& source) {
    const std::lock_guard lock(mutex_);
    connections_.erase(ended);
    --loop.connections;
    if (--by_source_[source] == 0) by_source_.erase(source);
    metrics_.connected(-1);
    if (stopping_ && connections_.empty()) end();
  }

  std::vector<std::shared_ptr<Connection>> connections() {
    const std::lock_guard lock(mutex_);
    return {connections_.begin(), connections_.end()};
  }

  void tick() {
    ticker_.expires_after(kTick);
    ticker_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      const auto now = std::chrono::steady_clock::now();
      for (const auto& connection : connections()) connection->check(now);
      if (is_idle() && keeper_.unlocked()) asio::post(workers_, [this] { lock_when_idle(); });
      if (stopping_ && now > end_.load()) end();
      tick();
    });
  }

  bool is_idle() const {
    return options_.idle_timeout.count() > 0 &&
           std::chrono::steady_clock::now() - frontend_.last_use() > options_.idle_timeout;
  }

  // Not in a loop: it waits for calls that are under way, whose answers the loops have yet to send.
  void lock_when_idle() {
    if (stopping_ || !is_idle() || !keeper_.unlocked()) return;
    frontend_.lock_when_idle();
    log_("locked after the idle timeout");
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        try {
          reload();
        } catch (const Error& failure) {  // nobody else is there to be told
          log_(cat("the TLS files are used as they were: ", failure.what()));
        }
        return wait_for_signal();
      }
      stop();
    });
  }

  // The sockets go before anybody is told: whoever knows starts the next agent, whose socket has the same name.
  void stop() {
    remove_sockets();
    asio::post(io_, [this] {
      if (stopping_) return;
      end_ = std::chrono::steady_clock::now() + kPatience;
      stopping_ = true;
      notify_service_manager("STOPPING=1");
      boost::system::error_code ignored;
      for (const auto& acceptor : unix_acceptors_) acceptor->close(ignored);
      for (const auto& acceptor : tcp_acceptors_) acceptor->close(ignored);
      const auto open = connections();
      for (const auto& connection : open) connection->finish();
      if (open.empty()) end();
    });
  }

  // Connections that are open keep what they began with.
  void reload() {
    auto fresh = load_tls(options_);
    const std::lock_guard lock(mutex_);
    tls_ = std::move(fresh);
    log_("read the TLS files again");
  }

  std::shared_ptr<ssl::context> current_tls() {
    const std::lock_guard lock(mutex_);
    return tls_;
  }

  const ServerOptions& options_;
  VaultKeeper& keeper_;
  Metrics& metrics_;
  const std::function<void(const std::string&)>& log_;
  const std::vector<std::unique_ptr<Loop>> loops_ = make_loops();
  asio::io_context& io_ = loops_.front()->io;  // listens, and keeps time
  std::shared_ptr<ssl::context> tls_;
  Frontend frontend_;
  std::vector<std::unique_ptr<Acceptor<Local>>> unix_acceptors_;
  std::vector<std::unique_ptr<Acceptor<Tcp>>> tcp_acceptors_;
  asio::signal_set signals_;
  asio::steady_timer ticker_;
  asio::thread_pool workers_;
  std::mutex mutex_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::map<std::string, std::size_t> by_source_;  // how many of them
  std::size_t most_connections_ = 0;
  std::vector<std::string> own_paths_;
  std::atomic<int> busy_{0};  // threads that handle what is at hand
  std::atomic<bool> left_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::chrono::steady_clock::time_point> end_{};
};

}  // namespace

void serve(const ServerOptions& options, VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random,
           const std::function<void(const std::string&)>& log) {
  Server server(options, keeper, metrics, clock, random, log);
  server.run();
  keeper.lock();
}

}  // namespace kms::agent
