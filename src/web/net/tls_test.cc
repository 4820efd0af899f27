// Certificates that are renewed while the server runs.
#include "web/net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/resource.h>

#include <filesystem>

#include "support/certificate.h"
#include "support/soon.h"

namespace madang::web::net {
namespace {

using namespace std::chrono_literals;

bool shows_the_same(Tls::Context& a, Tls::Context& b) {
  return X509_cmp(SSL_CTX_get0_certificate(a.native_handle()), SSL_CTX_get0_certificate(b.native_handle())) == 0;
}

class tls_contexts : public testing::Test {
 protected:
  /// As who renews certificates does it: a new file takes the old one's name.
  static void renew(std::string const& file, std::string const& by) { std::filesystem::rename(by, file); }

  test::TemporaryFolder const folder;
  test::TemporaryFolder const later;
  test::Certificate const first = test::make_certificate(folder.path());
  test::Certificate const second = test::make_certificate(later.path());
  runtime::SystemClock const clock;
  TlsOptions options{.module = "test", .files = {first.certificate_file, first.private_key_file}, .looked = 5ms};
};

TEST_F(tls_contexts, show_newcomers_a_certificate_that_was_renewed) {
  auto const server = *Tls::server(options, clock);
  auto const before = server->context();

  renew(first.private_key_file, second.private_key_file);
  renew(first.certificate_file, second.certificate_file);

  EXPECT_TRUE(test::soon([&] { return !shows_the_same(*server->context(), *before); }));
}

TEST_F(tls_contexts, stay_as_they_are_while_half_of_a_pair_is_renewed) {
  auto const server = *Tls::server(options, clock);
  auto const before = server->context();

  renew(first.private_key_file, second.private_key_file);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server->context(), before);
  renew(first.certificate_file, second.certificate_file);

  EXPECT_TRUE(test::soon([&] { return server->context() != before; }));
}

/// Nothing can be opened while it lives.
class NoFiles {
 public:
  NoFiles() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit none = before_;
    none.rlim_cur = 0;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoFiles() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
  NoFiles(NoFiles const&) = delete;
  NoFiles& operator=(NoFiles const&) = delete;

 private:
  rlimit before_{};
};

TEST_F(tls_contexts, are_renewed_in_the_end_when_the_program_had_too_many_files_open) {
  auto const server = *Tls::server(options, clock);
  auto const before = server->context();

  {
    NoFiles const full;
    renew(first.private_key_file, second.private_key_file);
    renew(first.certificate_file, second.certificate_file);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(server->context(), before);
  }

  EXPECT_TRUE(test::soon([&] { return !shows_the_same(*server->context(), *before); }));
}

TEST_F(tls_contexts, stay_as_they_are_when_the_files_are_gone) {
  auto const server = *Tls::server(options, clock);
  auto const before = server->context();

  std::filesystem::remove(first.certificate_file);
  std::this_thread::sleep_for(50ms);

  EXPECT_EQ(server->context(), before);
}

TEST_F(tls_contexts, trust_authorities_that_were_renewed) {
  options.files = {.ca_file = first.certificate_file};
  auto const client = *Tls::client(options, clock);
  auto const before = client->context();

  renew(first.certificate_file, second.certificate_file);

  EXPECT_TRUE(test::soon([&] { return client->context() != before; }));
}

TEST_F(tls_contexts, are_doubted_without_starting_anything) {
  auto const now = clock.now();
  EXPECT_TRUE(Tls::doubts_of_server(options.files, now)->empty());
  EXPECT_THAT(*Tls::doubts_of_server(options.files, now + std::chrono::days{9}), testing::ElementsAre(testing::HasSubstr("it expired on")));
  auto const mixed = Tls::doubts_of_server({first.certificate_file, second.private_key_file}, now);
  EXPECT_THAT(mixed.error().sentence, testing::HasSubstr("does not belong to the certificate in"));
}

TEST_F(tls_contexts, name_the_file_that_does_not_work) {
  options.files.ca_file = "/nowhere/ca.pem";

  auto const refused = Tls::server(options, clock);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_THAT(refused.error().sentence, testing::StartsWith("client CA file /nowhere/ca.pem: "));
}

}  // namespace
}  // namespace madang::web::net
