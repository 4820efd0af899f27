#include "storage/journal/checkpoint.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include "core/text.h"
#include "storage/journal/limits.h"

namespace madang::storage::journal {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr char const* kKeyName = "journal_key";
constexpr unsigned char kEd25519 = 1;                     // C2SP signed-note, signature types
constexpr std::string_view kSignatureStart = "\u2014 ";  // an em dash starts a line of signature
constexpr std::string_view kTimeLine = "time_ms ";
constexpr std::size_t kIdSize = 4;

std::span<unsigned char const> bytes_of(std::string_view text) {
  return {reinterpret_cast<unsigned char const*>(text.data()), text.size()};
}

std::string base64(std::span<unsigned char const> bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

/// Empty: not base64.
Bytes bytes_of_base64(std::string_view text) {
  Bytes bytes(text.size());
  std::size_t length = 0;
  char const* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size()) {
    return {};
  }
  bytes.resize(length);
  return bytes;
}

std::array<unsigned char, kIdSize> id_of(Verifier const& verifier) {
  auto text = verifier.origin + "\n";
  text += static_cast<char>(kEd25519);
  text.append(reinterpret_cast<char const*>(verifier.key.data()), verifier.key.size());
  Hash hash{};
  crypto_hash_sha256(hash.data(), bytes_of(text).data(), text.size());
  std::array<unsigned char, kIdSize> id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

bool is_origin(std::string_view text) {
  return !text.empty() && is_utf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == '+' || c == 0x7f; });
}

/// What is signed: every line with its end, up to the empty line.
std::string body_of(Checkpoint const& checkpoint) {
  return fmt::format("{}\n{}\n{}\n{}{}\n", checkpoint.origin, checkpoint.size, text_of(checkpoint.root), kTimeLine,
                     millis_of(checkpoint.at));
}

struct Note {
  std::string_view body;
  std::string_view signatures;
};

Result<Note> note_of(std::string_view text) {
  auto const gap = text.rfind("\n\n");
  if (text.size() > kCheckpointMax || gap == std::string_view::npos || !text.ends_with('\n') || !is_utf8(text)) {
    return fail(Code::kInvalid, "checkpoint: not a signed note");
  }
  return Note{text.substr(0, gap + 1), text.substr(gap + 2)};
}

/// A number as it is written once only: no sign, no leading zero.
std::optional<std::int64_t> plain_number(std::string_view text) {
  auto const number = parse_int(text);
  if (!number || *number < 0 || std::to_string(*number) != text) return std::nullopt;
  return number;
}

Result<Checkpoint> checkpoint_of(std::string_view body) {
  auto const lines = split(body, '\n');
  if (lines.size() < 5 || !is_origin(lines[0]) || !lines[3].starts_with(kTimeLine)) {
    return fail(Code::kInvalid, "checkpoint: the lines origin, size, root and time are expected");
  }
  auto const size = plain_number(lines[1]);
  auto const root = hash_of_text(lines[2]);
  auto const at = plain_number(lines[3].substr(kTimeLine.size()));
  if (!size) return fail(Code::kInvalid, "checkpoint: line 2 is no size");
  if (!root) return fail(Code::kInvalid, "checkpoint: line 3 is no SHA-256 in base64");
  if (!at) return fail(Code::kInvalid, "checkpoint: line 4 is no time");
  return Checkpoint{std::string{lines[0]}, *size, *root, instant_of_millis(*at)};
}

Result<SigningKey> unusable(std::filesystem::path const& path) {
  return fail(Code::kCorrupt, path.string() + " holds no key of a journal; put the right file back, or move it away to start with a new key");
}

}  // namespace

std::string Verifier::id() const {
  std::string text;
  for (auto const byte : id_of(*this)) text += fmt::format("{:02x}", byte);
  return text;
}

std::string Verifier::text() const {
  Bytes bytes{kEd25519};
  bytes.insert(bytes.end(), key.begin(), key.end());
  return fmt::format("{}+{}+{}", origin, id(), base64(bytes));
}

Result<Verifier> parse_verifier(std::string_view text) {
  auto const refused = fail(Code::kInvalid, "key: \"" + std::string{shortened(text, 200)} + "\" is no key of a journal, ORIGIN+ID+KEY");
  auto const first = text.find('+');
  auto const second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return refused;
  Verifier verifier{std::string{text.substr(0, first)}, {}};
  auto const bytes = bytes_of_base64(text.substr(second + 1));
  if (bytes.size() != verifier.key.size() + 1 || bytes.front() != kEd25519 || !is_origin(verifier.origin)) return refused;
  std::copy(bytes.begin() + 1, bytes.end(), verifier.key.begin());
  if (verifier.id() != text.substr(first + 1, second - first - 1)) {
    return fail(Code::kInvalid, "key: the id in the middle does not follow from origin and key; a character is wrong");
  }
  return verifier;
}

Result<Checkpoint> read_checkpoint(std::string_view note) {
  MADANG_TRY(auto const parts, note_of(note));
  return checkpoint_of(parts.body);
}

Result<Checkpoint> open_checkpoint(std::string_view note, Verifier const& verifier) {
  MADANG_TRY(auto const parts, note_of(note));
  MADANG_TRY(auto checkpoint, checkpoint_of(parts.body));
  if (checkpoint.origin != verifier.origin) {
    return fail(Code::kCorrupt, fmt::format("checkpoint: of the journal {}, not of {}", checkpoint.origin, verifier.origin));
  }
  auto const start = fmt::format("{}{} ", kSignatureStart, verifier.origin);
  auto const id = id_of(verifier);
  for (auto const line : split(parts.signatures, '\n')) {
    if (!line.starts_with(start)) continue;
    auto const signature = bytes_of_base64(line.substr(start.size()));
    if (signature.size() != kIdSize + crypto_sign_BYTES || !std::equal(id.begin(), id.end(), signature.begin())) continue;
    if (crypto_sign_verify_detached(signature.data() + kIdSize, bytes_of(parts.body).data(), parts.body.size(),
                                    verifier.key.data()) == 0) {
      return checkpoint;
    }
    return fail(Code::kCorrupt, fmt::format("checkpoint of {} entries: the signature does not fit", checkpoint.size));
  }
  return fail(Code::kCorrupt, fmt::format("checkpoint of {} entries: not signed by the key {}", checkpoint.size, verifier.id()));
}

Result<SigningKey> SigningKey::read(std::filesystem::path const& data_directory) {
  auto const path = data_directory / kKeyName;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return fail(Code::kNotFound, path.string() + " does not exist: nothing has been signed here");
  std::ifstream in(path, std::ios::binary);
  std::string const text{std::istreambuf_iterator<char>(in), {}};
  auto const seed = hash_of_text(trim(text));
  if (!seed) return unusable(path);
  return of_seed(*seed);
}

Result<SigningKey> SigningKey::open(runtime::DataDirectory const& directory) {
  auto found = read(directory.path());
  if (found || found.error().code != Code::kNotFound) return found;
  if (sodium_init() < 0) return fail(Code::kInternal, "the cryptographic library cannot be started");
  Hash seed{};
  randombytes_buf(seed.data(), seed.size());
  MADANG_CHECK(directory.write_file(kKeyName, text_of(seed) + "\n"));
  return of_seed(seed);
}

SigningKey SigningKey::of_seed(std::array<unsigned char, 32> const& seed) {
  SigningKey key;
  crypto_sign_seed_keypair(key.public_.data(), key.secret_.data(), seed.data());
  return key;
}

Verifier SigningKey::verifier(std::string const& origin) const { return {origin, public_}; }

std::string SigningKey::sign(Checkpoint const& checkpoint) const {
  auto const body = body_of(checkpoint);
  auto const id = id_of(verifier(checkpoint.origin));
  Bytes signature(id.begin(), id.end());
  signature.resize(kIdSize + crypto_sign_BYTES);
  crypto_sign_detached(signature.data() + kIdSize, nullptr, bytes_of(body).data(), body.size(), secret_.data());
  return fmt::format("{}\n{}{} {}\n", body, kSignatureStart, checkpoint.origin, base64(signature));
}

}  // namespace madang::storage::journal
