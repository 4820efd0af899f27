// A self-signed certificate for 127.0.0.1, made anew for a test.
#pragma once

#include <filesystem>
#include <string>

namespace madang::test {

struct Certificate {
  std::string certificate_file;
  std::string private_key_file;
  std::string authority_file = {};  ///< who signed it; empty: it did itself
};

/// PEM files in `folder`. Throws std::runtime_error.
Certificate make_certificate(std::filesystem::path const& folder);
/// Signed by "Test authority", and saying where that one's certificate is to be had.
Certificate make_signed_certificate(std::filesystem::path const& folder);

/// A fresh folder under the system's temporary one, removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace madang::test
