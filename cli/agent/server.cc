#include "cli/agent/server.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <mutex>
#include <thread>

#include "cli/agent/admission.h"
#include "cli/agent/crew.h"
#include "cli/agent/endpoint.h"
#include "cli/agent/http_connection.h"
#include "cli/agent/tls_files.h"
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

// What the bodies of requests may take that are under way, by group.
constexpr std::array<std::size_t, kGroups> kBodies = {std::size_t{16} << 20U, std::size_t{16} << 20U,
                                                      std::size_t{64} << 20U};
constexpr int kMostScrapers = 16;
constexpr int kAtOnce = 32;  // connections that are accepted in a row
constexpr auto kTick = std::chrono::seconds(1);
constexpr auto kPatience = std::chrono::seconds(10);  // with what is under way when the agent ends

// As many files as the system lets a process have: each connection is one. Returns how many connections that allows.
std::size_t raise_file_limit(std::size_t wanted) {
  constexpr rlim_t kOthers = 160;  // the vault's, what listens, and connections that leave
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) return wanted;
  return std::min<std::size_t>(wanted, std::max(limit.rlim_cur, 2 * kOthers) - kOthers);
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

class Server {
 public:
  Server(const ServerOptions& options, VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random,
         const std::function<void(const std::string&)>& log)
      : options_(options),
        keeper_(keeper),
        metrics_(metrics),
        log_(log),
        tls_(options.tls_certificate, options.tls_key),
        frontend_(keeper, metrics, clock, random, host_names(options), {[this] { stop(); }, [this] { reload(); }, log}),
        crews_{make_crew(0, clock), make_crew(1, clock), make_crew(2, clock)},
        signals_(io_, SIGTERM, SIGINT, SIGHUP),
        ticker_(io_),
        admission_(raise_file_limit(options_.most_connections)) {
    for (const std::string& text : options_.listen) open_tcp(text);
    open_metrics();
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
    for (const auto& crew : crews_) {
      for (const auto& loop : crew->loops) {
        if (&loop->io == &io_) continue;
        threads.emplace_back([&crew = *crew, &io = loop->io] { crew.run(io); });
      }
    }
    crew(Group::kManager).run(io_);
    for (std::thread& each : threads) each.join();
    release_vault();  // before the workers are waited for: one of them may wait until nobody uses it
    for (const auto& crew : crews_) crew->workers.join();
    frontend_.join();
    release_vault();
  }

 private:
  std::unique_ptr<Crew> make_crew(std::size_t group, const Clock& clock) {
    return std::make_unique<Crew>(frontend_, kBodies.at(group), clock);
  }
  Crew& crew(Group group) { return *crews_.at(static_cast<std::size_t>(group)); }

  void remove_sockets() {
    const std::lock_guard lock(mutex_);
    for (const std::string& path : own_paths_) unlink(path.c_str());
    own_paths_.clear();
  }

  // Answers that came too late to be sent still hold the vault.
  void release_vault() {
    while (keeper_.in_use()) {
      for_each_loop([](Loop& loop) {
        loop.io.restart();
        loop.io.poll();
      });
      frontend_.commit();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void for_each_loop(const std::function<void(Loop&)>& step) {
    for (const auto& crew : crews_) {
      for (const auto& loop : crew->loops) step(*loop);
    }
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

  std::unique_ptr<Acceptor<Tcp>> listen_at_tcp(const std::string& text, const TcpEndpoint& wanted) {
    const Tcp::endpoint endpoint(asio::ip::make_address(wanted.host), wanted.port);
    auto acceptor = std::make_unique<Acceptor<Tcp>>(network_io_.get_executor());
    boost::system::error_code error;
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor->non_blocking(true, error);
    if (error) throw Error(ErrorCode::kFile, cat(text, ": ", error.message()));
    return acceptor;
  }

  void open_tcp(const std::string& text) {
    const TcpEndpoint wanted = parse_listening(text, tls_.current() != nullptr);
    auto acceptor = listen_at_tcp(text, wanted);
    log_(cat("listening at ", tls_.current() ? "https://" : "http://", wanted.host, ":",
             std::to_string(acceptor->local_endpoint().port())));
    tcp_acceptors_.push_back(std::move(acceptor));
    accept(*tcp_acceptors_.back());
  }

  void open_metrics() {
    if (options_.metrics_listen.empty()) return;
    const TcpEndpoint wanted = parse_endpoint(options_.metrics_listen, "--metrics-listen");
    metrics_acceptor_ = listen_at_tcp(options_.metrics_listen, wanted);
    log_(cat("listening at http://", wanted.host, ":", std::to_string(metrics_acceptor_->local_endpoint().port()),
             " for metrics"));
    accept(*metrics_acceptor_);
  }

  // The socket belongs to a loop from the first: one of those that may serve whoever is at the other end. On the unix
  // socket that is known only then. Some at a time: whoever comes behind a flood waits for all that are before him.
  template <class Protocol>
  void accept(Acceptor<Protocol>& acceptor) {
    acceptor.async_wait(asio::socket_base::wait_read, [this, &acceptor](const boost::system::error_code& failed) {
      if (stopping_ || failed == asio::error::operation_aborted) return;
      boost::system::error_code error = failed;
      for (int i = 0; i < kAtOnce && !error; ++i) accept_one(acceptor, error);
      if (!error || error == asio::error::would_block || error == asio::error::connection_aborted)
        return accept(acceptor);
      // Out of files, most likely: those that are open come back.
      auto pause = std::make_shared<asio::steady_timer>(acceptor.get_executor(), std::chrono::milliseconds(100));
      pause->async_wait([this, &acceptor, pause](const boost::system::error_code&) { accept(acceptor); });
    });
  }

  void accept_one(Acceptor<Tcp>& acceptor, boost::system::error_code& error) {
    Loop& loop = crew(Group::kNetwork).idlest();
    Socket<Tcp> socket(loop.io);
    acceptor.accept(socket, error);
    if (error) return;
    if (&acceptor == metrics_acceptor_.get()) return serve_scraper(loop, std::move(socket));
    serve(loop, std::move(socket));
  }

  void accept_one(Acceptor<Local>& acceptor, boost::system::error_code& error) {
    UniqueFd fd(accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) {
      error.assign(errno, boost::system::system_category());
      return;
    }
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return;
    Peer peer{true, credentials.uid, std::string(kThisMachine)};
    const Group group = manages(peer) ? Group::kManager : Group::kLocal;
    Loop& loop = crew(group).idlest();
    Socket<Local> socket(loop.io);
    socket.assign(Local(), fd.release(), error);
    if (error) return;
    socket.non_blocking(true, error);
    start(loop, std::move(socket), std::move(peer), group);
  }

  // For whom a place is kept. What they may do is asked elsewhere.
  bool manages(const Peer& peer) const { return is_operator(peer) || keeper_.is_owner(peer.uid); }

  void serve(Loop& loop, Socket<Tcp> socket) {
    boost::system::error_code error;
    socket.set_option(Tcp::no_delay(true), error);
    socket.non_blocking(true, error);
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    Peer peer{false, 0, remote.address().to_string()};
    const auto tls = tls_.current();
    if (!tls) return start(loop, std::move(socket), std::move(peer), Group::kNetwork);
    start(loop, ssl::stream<Socket<Tcp>>(std::move(socket), *tls), std::move(peer), Group::kNetwork, tls);
  }

  // A few at a time: whoever reaches the address may come, and a scraper needs one.
  void serve_scraper(Loop& loop, Socket<Tcp> socket) {
    if (scrapers_ >= kMostScrapers) return;  // closes it
    boost::system::error_code error;
    socket.non_blocking(true, error);
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    const Peer peer{false, 0, remote.address().to_string(),
                    options_.metrics_principals ? Scrape::kNames : Scrape::kNumbers};
    ++scrapers_;
    start(loop, std::move(socket), peer, Group::kNetwork,
          std::shared_ptr<const void>(&scrapers_, [this](const void*) { --scrapers_; }));
  }

  // `held` lives as long as the connection.
  template <class Stream>
  void start(Loop& loop, Stream stream, Peer peer, Group group, const std::shared_ptr<const void>& held = nullptr) {
    const std::string source = source_of(peer);
    const auto connection =
        std::make_shared<HttpConnection<Stream>>(std::move(stream), std::move(peer), loop.services,
                                                 [this, held, &loop](const auto& ended) { forget(loop, *ended); });
    if (!admission_.enter(connection, group, source)) return;  // closes it
    ++loop.connections;
    metrics_.connected(1);
    connection->start();
  }

  void end() {
    for_each_loop([](Loop& loop) { loop.io.stop(); });
  }

  void forget(Loop& loop, const Connection& ended) {
    admission_.leave(ended);
    --loop.connections;
    metrics_.connected(-1);
    if (stopping_ && admission_.size() == 0) end();
  }

  void tick() {
    ticker_.expires_after(kTick);
    ticker_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      const auto now = std::chrono::steady_clock::now();
      for (const auto& connection : admission_.all()) connection->check(now);
      if (is_idle() && keeper_.unlocked()) asio::post(crew(Group::kManager).workers, [this] { lock_when_idle(); });
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
      const AgentVerb verb = signal == SIGHUP ? AgentVerb::kReload : AgentVerb::kStop;
      // It waits for the disk, and run() for it.
      asio::post(crew(Group::kManager).workers, [this, verb, signal] { frontend_.record_signal(verb, signal); });
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
      asio::post(network_io_, [this] {
        boost::system::error_code unheard;
        for (const auto& acceptor : tcp_acceptors_) acceptor->close(unheard);
      });
      const auto open = admission_.all();
      for (const auto& connection : open) connection->finish();
      if (open.empty()) end();
    });
  }

  void reload() {
    tls_.reload();
    log_("read the TLS files again");
  }

  const ServerOptions& options_;
  VaultKeeper& keeper_;
  Metrics& metrics_;
  const std::function<void(const std::string&)>& log_;
  TlsFiles tls_;
  std::atomic<int> scrapers_{0};  // goes before the crews: their connections count themselves out
  Frontend frontend_;
  const std::array<std::unique_ptr<Crew>, kGroups> crews_;          // by Group
  asio::io_context& io_ = crew(Group::kManager).loops.front()->io;  // listens at the unix socket, and keeps time
  asio::io_context& network_io_ = crew(Group::kNetwork).loops.front()->io;
  std::vector<std::unique_ptr<Acceptor<Local>>> unix_acceptors_;
  std::vector<std::unique_ptr<Acceptor<Tcp>>> tcp_acceptors_;
  std::unique_ptr<Acceptor<Tcp>> metrics_acceptor_;
  asio::signal_set signals_;
  asio::steady_timer ticker_;
  Admission admission_;
  std::mutex mutex_;
  std::vector<std::string> own_paths_;
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
