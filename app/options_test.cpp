// SPDX-License-Identifier: MIT
#include "options.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace cloister {
namespace {

using std::chrono::seconds;
using Strings = std::vector<std::string>;

Options parse(std::initializer_list<const char*> arguments) {
    std::vector<const char*> argv = {"cloister"};
    argv.insert(argv.end(), arguments);
    return parse_options(static_cast<int>(argv.size()), argv.data());
}

// What is wrong with `arguments`; "" if nothing is.
std::string complaint(std::initializer_list<const char*> arguments) {
    try {
        parse(arguments);
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_USAGE);
        return failure.what();
    }
    return "";
}

TEST(Options, ServeTheWelcomePageByDefault) {
    const Options options = parse({});
    EXPECT_EQ(options.command, Command::serve);
    EXPECT_FALSE(options.site);
    EXPECT_TRUE(options.listen.empty());
    EXPECT_TRUE(options.tls.empty());
    EXPECT_FALSE(options.redirect_to_https);
    EXPECT_EQ(options.drain, base::limits::drain_time);
    EXPECT_TRUE(options.allow_missing.empty());
    EXPECT_FALSE(options.json);
}

TEST(Options, HaveOneLoopForEachProcessorThatWeMayUse) {
    cpu_set_t before;
    base::check(::sched_getaffinity(0, sizeof before, &before), "read the affinity");
    EXPECT_EQ(parse({}).threads, static_cast<std::size_t>(CPU_COUNT(&before)));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t processor = 0; CPU_COUNT(&one) == 0; ++processor) {
        if (CPU_ISSET(processor, &before)) {
            CPU_SET(processor, &one);
        }
    }
    base::check(::sched_setaffinity(0, sizeof one, &one), "keep one processor");
    EXPECT_EQ(parse({}).threads, 1U);
    base::check(::sched_setaffinity(0, sizeof before, &before), "restore the affinity");
}

TEST(Options, BeginWithTheCommand) {
    struct Case {
        const char* word;
        Command command;
    };

    for (const Case& row : {
             Case{"serve", Command::serve},
             Case{"check", Command::check},
             Case{"policy", Command::policy},
             Case{"audit", Command::audit},
             Case{"--version", Command::version},
             Case{"--help", Command::help},
             Case{"-h", Command::help},
         }) {
        EXPECT_EQ(parse({row.word}).command, row.command) << row.word;
    }
}

TEST(Options, TakeTheFolderAndTheBoardOfTheChallenges) {
    const Options options = parse({"acme-board", "/srv/challenges", "/run/board"});
    EXPECT_EQ(options.command, Command::acme_board);
    EXPECT_EQ(options.operands, (Strings{"/srv/challenges", "/run/board"}));
    EXPECT_EQ(parse({"--acme-board", "/run/board"}).acme_board, "/run/board");
    EXPECT_EQ(parse({"--acme-board=/run/board"}).command, Command::serve);
}

TEST(Options, NameTheOperandThatIsMissing) {
    EXPECT_EQ(complaint({"acme-board"}), "acme-board lacks its DIR; see --help");
    EXPECT_EQ(complaint({"acme-board", "/srv"}), "acme-board lacks its FILE; see --help");
    EXPECT_EQ(complaint({"acme-board", "", "/run/b"}), "acme-board lacks its DIR; see --help");
    EXPECT_EQ(complaint({"acme-board", "/srv", "--threads=1"}),
              "acme-board lacks its FILE; see --help");
    EXPECT_EQ(complaint({"acme-board", "/srv", "/run/b", "/c"}),
              "unknown argument \"/c\"; see --help");
}

TEST(Options, TakeTheValueBehindTheFlagOrAfterAnEqualsSign) {
    for (const Options& options :
         {parse({"--site", "/srv/a", "--listen", "[::1]:80", "--threads", "3", "--drain", "7",
                 "--allow-missing", "landlock"}),
          parse({"--site=/srv/a", "--listen=[::1]:80", "--threads=3", "--drain=7",
                 "--allow-missing=landlock"}),
          parse({"serve", "--drain=7", "--threads", "3", "--allow-missing=landlock",
                 "--site=/srv/a", "--listen", "[::1]:80"})}) {
        EXPECT_EQ(options.command, Command::serve);
        EXPECT_EQ(options.site, "/srv/a");
        EXPECT_EQ(options.listen, Strings{"[::1]:80"});
        EXPECT_EQ(options.threads, 3U);
        EXPECT_EQ(options.drain, seconds(7));
        EXPECT_EQ(options.allow_missing, Strings{"landlock"});
    }
}

TEST(Options, TakeTheSameFlagsForCheck) {
    const Options options = parse({"check", "--site", "/srv/a", "--threads=2"});
    EXPECT_EQ(options.command, Command::check);
    EXPECT_EQ(options.site, "/srv/a");
    EXPECT_EQ(options.threads, 2U);
}

TEST(Options, CollectFlagsThatMayBeRepeated) {
    const Options options = parse({"--listen=127.0.0.1:1", "--allow-missing", "landlock",
                                   "--listen", "/run/cloister.sock", "--allow-missing=seccomp"});
    EXPECT_EQ(options.listen, (Strings{"127.0.0.1:1", "/run/cloister.sock"}));
    EXPECT_EQ(options.allow_missing, (Strings{"landlock", "seccomp"}));
}

TEST(Options, NameOneSiteOrAFolderOfSites) {
    EXPECT_FALSE(parse({"--site=/srv/a"}).has_hosts);
    const Options options = parse({"--sites", "/srv/sites"});
    EXPECT_EQ(options.site, "/srv/sites");
    EXPECT_TRUE(options.has_hosts);
    EXPECT_EQ(complaint({"--sites=/srv/sites", "--site=/srv/a"}),
              "only one site can be named, and there are /srv/sites and /srv/a; --sites DIR takes "
              "one for each host; see --help");
}

TEST(Options, TakeSizesInBytesOrTheirUnits) {
    struct Case {
        const char* text;
        std::uint64_t bytes;
    };

    for (const Case& row :
         {Case{"0", 0}, Case{"1", 1}, Case{"1K", 1024}, Case{"256M", 256 * base::limits::mib},
          Case{"20G", std::uint64_t{20} << 30U}, Case{"17179869183G", 17179869183U << 30U}}) {
        EXPECT_EQ(parse({"--site-memory", row.text}).site_memory, row.bytes) << row.text;
    }
    for (const std::string text : {"K", "-1", "1k", "1 M", "1MB", "1.5G", "17179869184G", "M1"}) {
        EXPECT_EQ(complaint({"--site-memory", text.c_str()}),
                  "--site-memory takes a number of bytes, or one with K, M or G behind it, not \"" +
                      text + "\"; see --help");
    }
}

TEST(Options, NameTheFolderAndTheImageOfPack) {
    const Options one = parse({"pack", "/srv/www", "/srv/www.image"});
    EXPECT_EQ(one.command, Command::pack);
    EXPECT_EQ(one.site, "/srv/www");
    EXPECT_EQ(one.image, "/srv/www.image");
    EXPECT_FALSE(one.has_hosts);
    for (const Options& several : {parse({"pack", "--sites", "/srv/sites", "/srv/all.image"}),
                                   parse({"pack", "--sites=/srv/sites", "/srv/all.image"})}) {
        EXPECT_EQ(several.site, "/srv/sites");
        EXPECT_EQ(several.image, "/srv/all.image");
        EXPECT_TRUE(several.has_hosts);
    }
}

TEST(Options, RefuseAPackThatIsNotWholeOrServes) {
    const std::string needed =
        "pack takes a folder and the image to make of it: cloister pack DIR IMAGE; see --help";
    EXPECT_EQ(complaint({"pack"}), needed);
    EXPECT_EQ(complaint({"pack", "/srv/www"}), needed);
    EXPECT_EQ(complaint({"pack", "--sites=/srv"}), needed);
    for (const char* const word : {"--listen=127.0.0.1:1", "--threads=1", "more", "--json"}) {
        EXPECT_EQ(complaint({"pack", "/srv/www", "/srv/www.image", word}),
                  "unknown argument \"" + std::string(word) + "\"; see --help");
    }
    EXPECT_EQ(complaint({"pack", "/srv/www", "/i", "--site=/srv"}),
              "only one site can be named, and there are /srv/www and /srv; --sites DIR takes one "
              "for each host; see --help");
}

// "CERTIFICATE+KEY" of each pair.
Strings pairs(std::initializer_list<const char*> arguments) {
    Strings all;
    for (const TlsFiles& files : parse(arguments).tls) {
        all.push_back(files.certificate + "+" + files.key);
    }
    return all;
}

TEST(Options, PairTheFirstCertificateWithTheFirstKeyWhateverStandsBetween) {
    const Strings both = {"a.crt+a.key", "b.crt+b.key"};
    EXPECT_EQ(pairs({"--tls-cert", "a.crt", "--tls-key", "a.key"}), Strings{"a.crt+a.key"});
    EXPECT_EQ(pairs({"--tls-cert=a.crt", "--tls-key=a.key", "--tls-cert=b.crt", "--tls-key=b.key"}),
              both);
    EXPECT_EQ(pairs({"--tls-cert=a.crt", "--tls-cert=b.crt", "--tls-key=a.key", "--tls-key=b.key"}),
              both);
    EXPECT_EQ(pairs({"--tls-key=a.key", "--tls-key=b.key", "--drain=1", "--tls-cert=a.crt",
                     "--tls-cert=b.crt"}),
              both);
}

TEST(Options, NameTheCertificateOrKeyThatIsAlone) {
    EXPECT_EQ(complaint({"--tls-cert=a.crt"}), "--tls-cert a.crt lacks its --tls-key; see --help");
    EXPECT_EQ(complaint({"--tls-key=a.key"}), "--tls-key a.key lacks its --tls-cert; see --help");
    EXPECT_EQ(complaint({"--tls-cert=a.crt", "--tls-key=a.key", "--tls-cert=b.crt"}),
              "--tls-cert b.crt lacks its --tls-key; see --help");
    EXPECT_EQ(complaint({"--tls-key=a.key", "--tls-cert=a.crt", "--tls-key=b.key"}),
              "--tls-key b.key lacks its --tls-cert; see --help");
}

TEST(Options, RedirectToPort443UnlessTheySayOtherwise) {
    EXPECT_EQ(parse({"--redirect-to-https"}).redirect_to_https, 443);
    EXPECT_EQ(parse({"--redirect-to-https=8443"}).redirect_to_https, 8443);
    EXPECT_EQ(parse({"--redirect-to-https=1"}).redirect_to_https, 1);
    EXPECT_EQ(parse({"--redirect-to-https=65535"}).redirect_to_https, 65535);
    EXPECT_EQ(parse({"--redirect-to-https", "--drain=1"}).redirect_to_https, 443);
}

TEST(Options, RefuseToRedirectToWhatIsNoPort) {
    for (const std::string text : {"0", "65536", "-1", "https", "443 "}) {
        EXPECT_EQ(
            complaint({("--redirect-to-https=" + text).c_str()}),
            "--redirect-to-https takes a number from 1 to 65535, not \"" + text + "\"; see --help");
    }
    EXPECT_EQ(complaint({"--redirect-to-https="}),
              "--redirect-to-https needs a value that is not empty; see --help");
    EXPECT_EQ(complaint({"--redirect-to-https", "443"}), "unknown argument \"443\"; see --help");
}

TEST(Options, SayWhatTheSiteDoesBesideItsFiles) {
    EXPECT_TRUE(parse({"--site=/srv", "--listing"}).conventions.listing);
    EXPECT_TRUE(parse({"--single-page", "--site=/srv"}).conventions.single_page);
    EXPECT_FALSE(parse({"--site=/srv"}).conventions.listing);
    EXPECT_FALSE(parse({"--site=/srv"}).conventions.single_page);
    EXPECT_EQ(complaint({"--listing"}),
              "--listing and --single-page are about a site; name it with --site; see --help");
    EXPECT_EQ(complaint({"--site=/srv", "--listing=yes"}),
              "unknown argument \"--listing=yes\"; see --help");
}

TEST(Options, KeepEverythingAfterTheFirstEqualsSign) {
    EXPECT_EQ(parse({"--site=/srv/a=b"}).site, "/srv/a=b");
    EXPECT_EQ(parse({"--site", "=/srv"}).site, "=/srv");
}

TEST(Options, TakeJsonForThePolicyAndTheAuditOnly) {
    EXPECT_TRUE(parse({"policy", "--json"}).json);
    EXPECT_FALSE(parse({"policy"}).json);
    EXPECT_TRUE(parse({"audit", "--json"}).json);
    EXPECT_FALSE(parse({"audit"}).json);
    EXPECT_EQ(complaint({"--json"}), "unknown argument \"--json\"; see --help");
    EXPECT_EQ(complaint({"check", "--json"}), "unknown argument \"--json\"; see --help");
}

TEST(Options, TakeNumbersAtTheirBounds) {
    EXPECT_EQ(parse({"--threads=1"}).threads, 1U);
    EXPECT_EQ(parse({"--threads=256"}).threads, 256U);
    EXPECT_EQ(parse({"--drain=0"}).drain, seconds(0));
    EXPECT_EQ(parse({"--drain=86400"}).drain, seconds(86400));
    EXPECT_EQ(parse({"--idle-exit=1"}).idle_exit, seconds(1));
    EXPECT_EQ(parse({"--idle-exit=86400"}).idle_exit, seconds(86400));
    EXPECT_EQ(parse({"--connections=1"}).connections, 1U);
    EXPECT_EQ(parse({"--peer-connections=1000000"}).peer_connections, 1'000'000U);
}

TEST(Options, RefuseNumbersThatAreNoneOrOutOfBounds) {
    for (const std::string text : {"0", "257", "-1", "+1", "1x", "x", " 1", "1 ", "0x1", "1.5",
                                   "1e2", "18446744073709551617", "99999999999999999999999"}) {
        EXPECT_EQ(complaint({"--threads", text.c_str()}),
                  "--threads takes a number from 1 to 256, not \"" + text + "\"; see --help");
    }
    EXPECT_EQ(complaint({"--idle-exit=0"}),
              "--idle-exit takes a number from 1 to 86400, not \"0\"; see --help");
    EXPECT_EQ(complaint({"--connections=0"}),
              "--connections takes a number from 1 to 1000000, not \"0\"; see --help");
    EXPECT_EQ(complaint({"--peer-connections=1000001"}),
              "--peer-connections takes a number from 1 to 1000000, not \"1000001\"; see --help");
    for (const std::string text : {"86401", "-1", "10s", "18446744073709551616"}) {
        EXPECT_EQ(complaint({"--drain", text.c_str()}),
                  "--drain takes a number from 0 to 86400, not \"" + text + "\"; see --help");
    }
}

TEST(Options, RefuseAFlagWithoutItsValue) {
    for (const std::string flag : {"--site", "--sites", "--acme-board", "--site-memory", "--listen",
                                   "--tls-cert", "--tls-key", "--threads", "--drain", "--idle-exit",
                                   "--connections", "--peer-connections", "--allow-missing"}) {
        EXPECT_EQ(complaint({flag.c_str()}), flag + " needs a value; see --help");
        EXPECT_EQ(complaint({"--threads=1", flag.c_str()}), flag + " needs a value; see --help");
        const std::string empty = flag + " needs a value that is not empty; see --help";
        EXPECT_EQ(complaint({flag.c_str(), ""}), empty);
        EXPECT_EQ(complaint({(flag + "=").c_str()}), empty);
    }
}

TEST(Options, RefuseWhatTheyDoNotKnowAndNameIt) {
    for (const std::string word :
         {"", "-", "--", "-x", "sevre", "--sitesx", "--site-x=/", "--Site=/", "-site", "--threadsx",
          "--policy", "help", "version", "/srv/www"}) {
        EXPECT_EQ(complaint({word.c_str()}), "unknown argument \"" + word + "\"; see --help");
        EXPECT_EQ(complaint({"serve", word.c_str()}),
                  "unknown argument \"" + word + "\"; see --help");
    }
}

TEST(Options, RefuseASecondCommand) {
    EXPECT_EQ(complaint({"serve", "check"}), "unknown argument \"check\"; see --help");
    EXPECT_EQ(complaint({"--site=/srv", "serve"}), "unknown argument \"serve\"; see --help");
}

TEST(Options, AreTheDefaultsEvenWithoutAProgramName) {
    const char* const none = nullptr;
    EXPECT_EQ(parse_options(0, &none).command, Command::serve);
}

TEST(HelpText, NamesEveryFlagAndCommandAndFitsAScreen) {
    const std::string_view text = help_text();
    for (const char* const word :
         {"pack",      "acme-board",    "--acme-board",    "--site",
          "--sites",   "--site-memory", "--listing",       "--single-page",
          "--listen",  "--tls-cert",    "--tls-key",       "--redirect-to-https",
          "--threads", "--drain",       "--allow-missing", "--json",
          "--version", "--help",        "serve",           "check",
          "policy",    "audit",         "landlock",        "seccomp"}) {
        EXPECT_NE(text.find(word), std::string_view::npos) << word;
    }
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 30);
    EXPECT_TRUE(text.ends_with('\n'));
}

}  // namespace
}  // namespace cloister
