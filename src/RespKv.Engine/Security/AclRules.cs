using System.Buffers;
using System.Security.Cryptography;

namespace RespKv.Engine.Security;

/// <summary>The rules of ACL SETUSER, of ACL files and of <c>user</c> lines. Error texts are Redis's own.</summary>
internal static class AclRules
{
    public const string DuplicateUser = "Duplicate user found. A user can only be defined once in config files";
    private const string UnknownName = "Unknown command or category name in ACL";
    private const string Syntax = "Syntax error";
    private const string NoSuchPassword = "The password you are trying to remove from the user does not exist";
    private const string NoHash = "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters";
    private const string FirstArgumentOfSubcommand = "Allowing first-arg of a subcommand is not supported";
    private const string KeysBehindAll
        = "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns";
    private const string ChannelsBehindAll
        = "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels";

    private static readonly SearchValues<char> HashDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// Puts selectors together that were spread over several words: <c>(~key</c> <c>+get)</c>. Returns null and the rules, or the word with the
    /// parenthesis that nothing closes.
    /// </summary>
    public static string? MergeSelectors(IEnumerable<string> words, out List<string> rules)
    {
        rules = [];
        string? open = null;
        string openWord = "";
        foreach (string word in words)
        {
            if (word.StartsWith('(') && !word.EndsWith(')'))
            {
                open = openWord = word;
            }
            else if (open is null)
            {
                rules.Add(word);
            }
            else
            {
                open += " " + word;
                if (word.EndsWith(')'))
                {
                    rules.Add(open);
                    open = null;
                }
            }
        }

        return open is null ? null : openWord;
    }

    /// <summary>Whether what <see cref="Apply"/> has said is wrong is a name only, which may be repeated where the rest of a rule may be secret.</summary>
    public static bool IsUnknownName(string error) => error == UnknownName;

    /// <summary>Applies one rule. Null: done; otherwise what is wrong with it, and the user is as it was.</summary>
    /// <param name="user">Not one that sessions have: see <see cref="AclUser.CopyFrom"/>.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="catalog">What it may name.</param>
    /// <param name="allChannels">Directive acl-pubsub-default: what a new selector starts with.</param>
    public static string? Apply(AclUser user, string rule, AclCatalog catalog, bool allChannels)
    {
        if (rule.Length == 0)
        {
            return null;
        }

        switch (rule.ToLowerInvariant())
        {
            case "on":
                SetFlag(user, AclUserFlags.On, AclUserFlags.Off);
                return null;
            case "off":
                SetFlag(user, AclUserFlags.Off, AclUserFlags.On);
                return null;
            case "skip-sanitize-payload":
                SetFlag(user, AclUserFlags.SkipSanitizePayload, AclUserFlags.SanitizePayload);
                return null;
            case "sanitize-payload":
                SetFlag(user, AclUserFlags.SanitizePayload, AclUserFlags.SkipSanitizePayload);
                return null;
            case "nopass":
                user.Flags |= AclUserFlags.NoPass;
                user.Passwords.Clear();
                return null;
            case "resetpass":
                user.Flags &= ~AclUserFlags.NoPass;
                user.Passwords.Clear();
                return null;
            case "clearselectors":
                user.Selectors.RemoveRange(1, user.Selectors.Count - 1);
                return null;
            case "reset":
                Reset(user, catalog, allChannels);
                return null;
        }

        return rule[0] switch
        {
            '>' or '#' or '<' or '!' => ApplyPassword(user, rule),
            '(' when rule.EndsWith(')') => AddSelector(user, rule[1..^1], catalog, allChannels),
            _ => ApplyToSelector(user.Selectors[0], rule, catalog),
        };
    }

    public static byte[] Hash(string password) => SHA256.HashData(AclText.Bytes(password));

    private static void SetFlag(AclUser user, AclUserFlags set, AclUserFlags clear) => user.Flags = (user.Flags | set) & ~clear;

    private static void Reset(AclUser user, AclCatalog catalog, bool allChannels)
    {
        user.Passwords.Clear();
        user.Flags &= ~AclUserFlags.NoPass;
        SetFlag(user, AclUserFlags.Off, AclUserFlags.On);
        SetFlag(user, AclUserFlags.SanitizePayload, AclUserFlags.SkipSanitizePayload);
        user.Selectors.Clear();
        user.Selectors.Add(new AclSelector(catalog, allChannels));
    }

    private static string? ApplyPassword(AclUser user, string rule)
    {
        bool isClear = rule[0] is '>' or '<';
        if (!isClear && !IsHash(rule.AsSpan(1)))
        {
            return NoHash;
        }

        byte[] hash = isClear ? Hash(rule[1..]) : Convert.FromHexString(rule.AsSpan(1));
        int known = user.Passwords.FindIndex(password => password.AsSpan().SequenceEqual(hash));
        if (rule[0] is '<' or '!')
        {
            if (known < 0)
            {
                return NoSuchPassword;
            }

            user.Passwords.RemoveAt(known);
            return null;
        }

        if (known < 0)
        {
            user.Passwords.Add(hash);
        }

        user.Flags &= ~AclUserFlags.NoPass;
        return null;
    }

    private static bool IsHash(ReadOnlySpan<char> text)
        => text.Length == 2 * SHA256.HashSizeInBytes && !text.ContainsAnyExcept(HashDigits);

    private static string? AddSelector(AclUser user, string rules, AclCatalog catalog, bool allChannels)
    {
        var selector = new AclSelector(catalog, allChannels);
        foreach (string rule in rules.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ApplyToSelector(selector, rule, catalog) is { } error)
            {
                return error;
            }
        }

        user.Selectors.Add(selector);
        return null;
    }

    private static string? ApplyToSelector(AclSelector selector, string rule, AclCatalog catalog)
    {
        switch (rule.ToLowerInvariant())
        {
            case "allkeys" or "~*":
                selector.SetAllKeys(true);
                return null;
            case "resetkeys":
                selector.SetAllKeys(false);
                return null;
            case "allchannels" or "&*":
                selector.SetAllChannels(true);
                return null;
            case "resetchannels":
                selector.SetAllChannels(false);
                return null;
            case "allcommands" or "+@all":
                selector.SetAllCommands(true);
                return null;
            case "nocommands" or "-@all":
                selector.SetAllCommands(false);
                return null;
        }

        return rule[0] switch
        {
            '~' or '%' => AddKeys(selector, rule),
            '&' => AddChannel(selector, rule[1..]),
            '+' or '-' when rule.Length > 1 && rule[1] == '@' => SetCategory(selector, rule[2..], rule[0] == '+'),
            '+' when rule.Contains('|') => Allow(selector, rule[1..], catalog),
            '+' or '-' => SetCommand(selector, rule[1..], rule[0] == '+', catalog),
            _ => Syntax,
        };
    }

    private static string? AddKeys(AclSelector selector, string rule)
    {
        if (selector.AllKeys)
        {
            return KeysBehindAll;
        }

        KeyAccess access = KeyAccess.All;
        int start = 1;
        if (rule[0] == '%')
        {
            access = KeyAccess.None;
            for (; start < rule.Length && rule[start] != '~'; start++)
            {
                KeyAccess one = char.ToUpperInvariant(rule[start]) switch { 'R' => KeyAccess.Read, 'W' => KeyAccess.Write, _ => KeyAccess.None };
                if (one == KeyAccess.None || (access & one) != 0)
                {
                    return Syntax;
                }

                access |= one;
            }

            // Redis takes a pattern without an access, and then cannot describe it.
            if (start == rule.Length || access == KeyAccess.None)
            {
                return Syntax;
            }

            start++;
        }

        string pattern = rule[start..];
        if (AclText.HasBlanks(pattern))
        {
            return Syntax;
        }

        selector.AddKeys(pattern, access);
        return null;
    }

    private static string? AddChannel(AclSelector selector, string pattern)
    {
        if (selector.AllChannels)
        {
            return ChannelsBehindAll;
        }

        if (AclText.HasBlanks(pattern))
        {
            return Syntax;
        }

        selector.AddChannel(pattern);
        return null;
    }

    private static string? SetCategory(AclSelector selector, string name, bool allowed)
    {
        int category = AclCatalog.FindCategory(name);
        if (category < 0)
        {
            return UnknownName;
        }

        selector.SetCategory(category, allowed);
        return null;
    }

    private static string? SetCommand(AclSelector selector, string name, bool allowed, AclCatalog catalog)
    {
        if (catalog.Find(name) is not { } command)
        {
            return UnknownName;
        }

        selector.SetCommand(command, allowed);
        return null;
    }

    /// <summary>A subcommand, or a first argument of a command that has no subcommands.</summary>
    private static string? Allow(AclSelector selector, string name, AclCatalog catalog)
    {
        int bar = name.LastIndexOf('|');
        if (catalog.Find(name[..bar]) is not { } command)
        {
            return UnknownName;
        }

        if (command.IsSubcommand)
        {
            return FirstArgumentOfSubcommand;
        }

        string argument = name[(bar + 1)..];
        if (argument.Length == 0)
        {
            return Syntax;
        }

        if (command.Subcommands.Count > 0)
        {
            return SetCommand(selector, name, allowed: true, catalog);
        }

        selector.AllowFirstArgument(command, argument);
        return null;
    }
}
