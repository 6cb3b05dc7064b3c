using System.Security.Cryptography;
using System.Text;

namespace RespKv.Engine.Security;

/// <summary>What a user is, beside its passwords and selectors.</summary>
[Flags]
internal enum AclUserFlags : byte
{
    None = 0,
    On = 1,
    Off = 2,
    NoPass = 4,
    SkipSanitizePayload = 8,
    SanitizePayload = 16,
}

/// <summary>
/// A user: who clients are, and what they may do. A change makes a copy and takes all of it over at once (<see cref="CopyFrom"/>), so that the
/// sessions of a user have its rules of now. Guarded by the turn.
/// </summary>
internal sealed class AclUser
{
    private static readonly (AclUserFlags Flag, string Name)[] FlagNames =
    [
        (AclUserFlags.On, "on"),
        (AclUserFlags.Off, "off"),
        (AclUserFlags.NoPass, "nopass"),
        (AclUserFlags.SkipSanitizePayload, "skip-sanitize-payload"),
        (AclUserFlags.SanitizePayload, "sanitize-payload"),
    ];

    private readonly AclCatalog _catalog;
    private string? _description;

    /// <summary>A new user may do nothing.</summary>
    public AclUser(string name, AclCatalog catalog, bool allChannels)
    {
        Name = name;
        ShownName = AclText.ToUnicode(name);
        _catalog = catalog;
        Selectors = [new AclSelector(catalog, allChannels)];
    }

    /// <summary>One character a byte, see <see cref="AclText"/>.</summary>
    public string Name { get; }

    /// <summary>For CLIENT LIST and logs.</summary>
    public string ShownName { get; }

    public AclUserFlags Flags { get; set; } = AclUserFlags.Off;

    public bool IsOn => (Flags & AclUserFlags.On) != 0;

    /// <summary>Any password is right.</summary>
    public bool NeedsNoPassword => (Flags & AclUserFlags.NoPass) != 0;

    /// <summary>SHA-256 of each.</summary>
    public List<byte[]> Passwords { get; private set; } = [];

    /// <summary>The user's own rules, then those in parentheses. A command runs if one of them allows all of it.</summary>
    public List<AclSelector> Selectors { get; private set; }

    /// <summary>No command of the user needs to be looked at: what it costs to have users is this one question.</summary>
    public bool IsUnrestricted { get; private set; }

    /// <summary>Whether clients are let in without asking, if this is the default user.</summary>
    public bool AdmitsAnyone => IsOn && NeedsNoPassword;

    public IEnumerable<string> FlagTexts => FlagNames.Where(f => (Flags & f.Flag) != 0).Select(f => f.Name);

    public AclUser Copy()
    {
        var copy = new AclUser(Name, _catalog, allChannels: false);
        copy.CopyFrom(this);
        return copy;
    }

    public void CopyFrom(AclUser other)
    {
        Flags = other.Flags;
        Passwords = [.. other.Passwords];
        Selectors = [.. other.Selectors.Select(selector => selector.Copy())];
        Seal();
    }

    /// <summary>All rules have been applied.</summary>
    public void Seal()
    {
        IsUnrestricted = Selectors.Exists(selector => selector.AllowsEverything);
        _description = null;
    }

    /// <summary>Whether it may read a key, by some command.</summary>
    public bool MayRead(ReadOnlySpan<byte> key)
    {
        if (IsUnrestricted)
        {
            return true;
        }

        foreach (AclSelector selector in Selectors)
        {
            if (selector.AllowsReading(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it may run the command, and use the channel with it.</summary>
    public bool MayListen(Commands.CommandEntry subscribe, byte[] channel)
        => IsUnrestricted || Selectors.Exists(selector => selector.AllowsListening(subscribe, channel));

    /// <summary>Takes the same time whichever password it is, and wherever the two differ.</summary>
    public bool Takes(ReadOnlySpan<byte> password)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, digest);
        bool matches = false;
        foreach (byte[] known in Passwords)
        {
            matches |= CryptographicOperations.FixedTimeEquals(digest, known);
        }

        return matches || NeedsNoPassword;
    }

    /// <summary>The rules that make this user, as ACL LIST shows them and files have them.</summary>
    public string Describe()
    {
        if (_description is not null)
        {
            return _description;
        }

        var text = new StringBuilder();
        foreach (string flag in FlagTexts)
        {
            text.Append(flag).Append(' ');
        }

        foreach (byte[] password in Passwords)
        {
            text.Append('#').Append(Convert.ToHexStringLower(password)).Append(' ');
        }

        text.Append(AclDescription.OfSelector(_catalog, Selectors[0]));
        foreach (AclSelector selector in Selectors.Skip(1))
        {
            text.Append(" (").Append(AclDescription.OfSelector(_catalog, selector)).Append(')');
        }

        return _description = text.ToString();
    }
}
