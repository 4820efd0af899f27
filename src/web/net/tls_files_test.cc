// Certificates and keys as they are handed over by mistake: each is one sentence.
#include "web/net/tls_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "support/certificate.h"

namespace madang::web::net {
namespace {

using testing::HasSubstr;

class tls_files : public testing::Test {
 protected:
  std::string file(std::string const& name, std::string const& text) {
    auto const path = folder.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string said(std::string const& certificate, std::string const& key) {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    auto const loaded = load_tls_files(context.get(), certificate, key);
    return loaded ? "fine" : loaded.error().sentence;
  }
  std::string text_of(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The good key again, behind a passphrase.
  std::string encrypted_key(bool traditional) {
    std::unique_ptr<BIO, decltype(&BIO_free)> const in(BIO_new_file(good.private_key_file.c_str(), "r"), &BIO_free);
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    auto const path = (folder.path() / "encrypted.pem").string();
    std::unique_ptr<BIO, decltype(&BIO_free)> const out(BIO_new_file(path.c_str(), "w"), &BIO_free);
    auto* const pass = reinterpret_cast<unsigned char*>(const_cast<char*>("secret"));
    if (traditional)
      PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), EVP_aes_128_cbc(), pass, 6, nullptr, nullptr);
    else
      PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), pass, 6, nullptr, nullptr);
    return path;
  }
  test::TemporaryFolder folder;
  test::Certificate good = test::make_certificate(folder.path());
};

TEST_F(tls_files, are_taken_when_they_belong_together) { EXPECT_EQ(said(good.certificate_file, good.private_key_file), "fine"); }

TEST_F(tls_files, in_one_file_are_fine) {
  auto const both = file("both.pem", text_of(good.private_key_file) + text_of(good.certificate_file));
  EXPECT_EQ(said(both, both), "fine");
}

TEST_F(tls_files, say_that_a_key_has_a_passphrase) {
  EXPECT_THAT(said(good.certificate_file, encrypted_key(false)), HasSubstr("encrypted.pem: is encrypted with a passphrase"));
  EXPECT_THAT(said(good.certificate_file, encrypted_key(true)), HasSubstr("encrypted.pem: is encrypted with a passphrase"));
}

TEST_F(tls_files, say_that_they_are_swapped) {
  EXPECT_THAT(said(good.private_key_file, good.certificate_file), HasSubstr("holds a private key and no certificate; are the two files swapped?"));
  EXPECT_THAT(said(good.certificate_file, good.certificate_file), HasSubstr("holds a certificate and no private key"));
}

TEST_F(tls_files, say_that_they_do_not_belong_together) {
  test::TemporaryFolder other;
  auto const stranger = test::make_certificate(other.path());
  EXPECT_THAT(said(good.certificate_file, stranger.private_key_file), HasSubstr("does not belong to the certificate in"));
}

TEST_F(tls_files, say_that_a_key_of_another_kind_does_not_belong_to_the_certificate) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  auto const path = (folder.path() / "ed25519.pem").string();
  std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file(path.c_str(), "w"), &BIO_free);
  PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  out.reset();

  EXPECT_THAT(said(good.certificate_file, path), HasSubstr("ed25519.pem: does not belong to the certificate in"));
}

TEST_F(tls_files, say_which_certificate_of_a_chain_should_be_the_first) {
  test::TemporaryFolder other;
  auto const signer = test::make_certificate(other.path());
  auto const chain = file("chain.pem", text_of(signer.certificate_file) + text_of(good.certificate_file));

  EXPECT_THAT(said(chain, good.private_key_file), HasSubstr("belongs to certificate 2 in"));
}

TEST_F(tls_files, say_that_the_chain_ends_early) {
  test::TemporaryFolder other;
  auto const leaf = test::make_signed_certificate(other.path());
  auto const doubt = [&](std::string const& certificate) {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    EXPECT_TRUE(load_tls_files(context.get(), certificate, leaf.private_key_file));
    return chain_doubt(context.get()).value_or("fine");
  };

  EXPECT_THAT(doubt(leaf.certificate_file), HasSubstr("the certificate of its issuer, /CN=Test authority, is not below it"));
  EXPECT_EQ(doubt(file("whole.pem", text_of(leaf.certificate_file) + text_of(leaf.authority_file))), "fine");
}

TEST_F(tls_files, say_nothing_of_the_chain_of_a_certificate_that_signs_itself) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  ASSERT_TRUE(load_tls_files(context.get(), good.certificate_file, good.private_key_file));
  EXPECT_EQ(chain_doubt(context.get()), std::nullopt);
}

TEST_F(tls_files, say_that_one_is_missing_empty_or_something_else) {
  EXPECT_THAT(said("/nowhere/c.pem", good.private_key_file), HasSubstr("certificate file /nowhere/c.pem: there is no such file"));
  EXPECT_THAT(said(folder.path(), good.private_key_file), HasSubstr("is a directory"));
  EXPECT_THAT(said(file("e.pem", " \n"), good.private_key_file), HasSubstr("is empty"));
  EXPECT_THAT(said(file("d.der", "\x30\x82\x01\x02"), good.private_key_file), HasSubstr("is binary (DER or PKCS#12)"));
  EXPECT_THAT(said(file("t.pem", "hello"), good.private_key_file), HasSubstr("is not PEM"));
  EXPECT_THAT(said(good.certificate_file, file("k.pem", "-----BEGIN PUBLIC KEY-----\n")), HasSubstr("holds no private key"));
  EXPECT_THAT(said(good.certificate_file, file("k.pem", "-----BEGIN OPENSSH PRIVATE KEY-----\n")), HasSubstr("is a key of OpenSSH"));
  EXPECT_THAT(said(file("r.pem", "-----BEGIN CERTIFICATE REQUEST-----\n"), good.private_key_file), HasSubstr("a request for a certificate"));
}

TEST_F(tls_files, say_that_one_is_broken) {
  auto const cut = text_of(good.certificate_file).substr(0, 120);
  EXPECT_THAT(said(file("cut.pem", cut), good.private_key_file), HasSubstr("cut.pem: its certificate cannot be read"));
  auto const half = text_of(good.private_key_file).substr(0, 80);
  EXPECT_THAT(said(good.certificate_file, file("half.pem", half)), HasSubstr("half.pem: its key cannot be read"));
}

TEST_F(tls_files, know_the_days_of_a_certificate) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  EXPECT_EQ(certificate_doubt(context.get(), Instant{}), std::nullopt);
  ASSERT_TRUE(load_tls_files(context.get(), good.certificate_file, good.private_key_file));
  EXPECT_THAT(certificate_doubt(context.get(), *parse_instant("2199-01-01T00:00:00Z")).value_or("fine"), HasSubstr("it expired on 20"));
  EXPECT_THAT(certificate_doubt(context.get(), *parse_instant("2001-01-01T00:00:00Z")).value_or("fine"), HasSubstr("it is valid only from 20"));
}

}  // namespace
}  // namespace madang::web::net
