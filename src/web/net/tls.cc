#include "web/net/tls.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <utility>

#include "runtime/log.h"
#include "web/net/tls_files.h"

namespace madang::web::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using ContextPtr = std::shared_ptr<Tls::Context>;

/// What changes when a file is written or another takes its name, also behind a symbolic link.
std::string print_of(std::string const& file) {
  struct stat found{};
  if (file.empty() || ::stat(file.c_str(), &found) != 0) return "-";
  return fmt::format("{}:{}:{}:{}.{}", found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

std::string print_of(TlsFiles const& files) {
  return fmt::format("{} {} {}", print_of(files.certificate_file), print_of(files.private_key_file), print_of(files.ca_file));
}

Result<void> load_authorities(Tls::Context& context, std::string const& file, std::string_view what) {
  error_code error;
  context.load_verify_file(file, error);
  if (error) return fail(Code::kInvalid, fmt::format("{} {}: {}", what, file, error.message()));
  return {};
}

/// The context keeps the one protocol in its own memory; a client that does not speak it gets no answer to the question.
int choose_protocol(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* in, unsigned in_size, void* ours) {
  auto const& wire = *static_cast<std::string const*>(ours);
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, reinterpret_cast<unsigned char const*>(wire.data()),
                            static_cast<unsigned>(wire.size()), in, in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

/// A context together with what its callbacks point to.
struct ServerContext {
  std::string alpn;
  Tls::Context context{Tls::Context::tls_server};
};

Result<ContextPtr> server_context(TlsOptions const& options) {
  auto const made = std::make_shared<ServerContext>();
  ContextPtr context{made, &made->context};
  auto* const handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (!options.alpn.empty()) {
    made->alpn = static_cast<char>(options.alpn.size()) + options.alpn;
    SSL_CTX_set_alpn_select_cb(handle, choose_protocol, &made->alpn);
  }
  MADANG_CHECK(load_tls_files(handle, options.files.certificate_file, options.files.private_key_file));
  if (options.files.ca_file.empty()) return context;
  // OpenSSL resumes sessions of checked clients only where this name is set.
  auto const name = fmt::format("madang-{}", options.module);
  SSL_CTX_set_session_id_context(handle, reinterpret_cast<unsigned char const*>(name.data()), static_cast<unsigned>(name.size()));
  MADANG_CHECK(load_authorities(*context, options.files.ca_file, "client CA file"));
  // A client without a certificate may still show a key; a wrong certificate is refused.
  SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nullptr);
  return context;
}

Result<ContextPtr> client_context(TlsOptions const& options) {
  auto context = std::make_shared<Tls::Context>(Tls::Context::tls_client);
  auto* const handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  auto const& files = options.files;
  error_code error;
  if (files.ca_file.empty()) {
    context->set_default_verify_paths(error);
    if (error) return fail(Code::kInvalid, fmt::format("the system's certificates: {}", error.message()));
  } else {
    MADANG_CHECK(load_authorities(*context, files.ca_file, "CA file"));
  }
  context->set_verify_mode(asio::ssl::verify_peer, error);
  if (!files.certificate_file.empty()) MADANG_CHECK(load_tls_files(handle, files.certificate_file, files.private_key_file));
  return context;
}

}  // namespace

Tls::Tls(TlsOptions options, runtime::Clock const& clock, Make make)
    : options_(std::move(options)), clock_(clock), make_(std::move(make)) {}

Result<std::unique_ptr<Tls>> Tls::server(TlsOptions options, runtime::Clock const& clock) {
  return open(std::move(options), clock, server_context);
}

Result<std::unique_ptr<Tls>> Tls::client(TlsOptions options, runtime::Clock const& clock) {
  return open(std::move(options), clock, client_context);
}

Result<std::unique_ptr<Tls>> Tls::open(TlsOptions options, runtime::Clock const& clock, Make make) {
  std::unique_ptr<Tls> tls{new Tls(std::move(options), clock, std::move(make))};
  MADANG_CHECK(tls->read());
  auto const& files = tls->options_.files;
  bool const any = !files.certificate_file.empty() || !files.ca_file.empty();
  if (any) tls->thread_ = std::jthread([&tls = *tls](std::stop_token const& stop) { tls.run(stop); });
  return tls;
}

Result<std::vector<std::string>> Tls::doubts_of_server(TlsFiles const& files, Instant now) {
  MADANG_TRY(auto const made, server_context({.module = "tls", .files = files}));
  std::vector<std::string> doubts;
  for (auto const& doubt : {certificate_doubt(made->native_handle(), now), chain_doubt(made->native_handle())})
    if (doubt) doubts.push_back(*doubt);
  return doubts;
}

std::shared_ptr<Tls::Context> Tls::context() const {
  runtime::Lock const lock(mutex_);
  return context_;
}

/// The print is taken first: who writes meanwhile is seen at the next look.
Result<void> Tls::read() {
  seen_ = print_of(options_.files);
  MADANG_TRY(auto made, make_(options_));
  if (auto const doubt = certificate_doubt(made->native_handle(), clock_.now()))
    runtime::log_warning(options_.module, "certificate_not_valid", {{"file", options_.files.certificate_file}, {"why", *doubt}});
  if (auto const doubt = chain_doubt(made->native_handle()))
    runtime::log_warning(options_.module, "certificate_chain_not_whole", {{"file", options_.files.certificate_file}, {"why", *doubt}});
  runtime::Lock const lock(mutex_);
  context_.swap(made);
  return {};
}

/// What could not be taken is tried again at each look, since the cause need not lie in the files, as when the program has too many open;
/// but it is logged once.
void Tls::run(std::stop_token const& stop) {
  std::string fault;
  while (!stop.stop_requested()) {
    {
      runtime::Lock lock(mutex_);
      wake_.wait_for(lock, stop, options_.looked, [] { return false; });
    }
    bool const renewed = print_of(options_.files) != seen_;
    if (stop.stop_requested() || (!renewed && fault.empty())) continue;
    auto const& file = options_.files.certificate_file.empty() ? options_.files.ca_file : options_.files.certificate_file;
    if (auto const taken = read(); !taken) {
      if (renewed || taken.error().sentence != fault)
        runtime::log_warning(options_.module, "certificate_not_read_again", {{"file", file}, {"why", taken.error().sentence}});
      fault = taken.error().sentence;
    } else {
      runtime::log_info(options_.module, "certificate_read_again", {{"file", file}});
      fault.clear();
    }
  }
}

}  // namespace madang::web::net
