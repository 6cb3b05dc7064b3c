using System.Text;
using RespKv.Storage.Files;

namespace RespKv.Engine.Security;

/// <summary>
/// A file of users (directive aclfile): one <c>user NAME RULES</c> a line, empty lines, nothing else. Rules may be bytes of any value, so it is
/// not read as text.
/// </summary>
internal sealed class AclFile(string path, string text)
{
    /// <summary>Some ten thousands of users. A path to something else ends here instead of in memory.</summary>
    public const int BytesMax = 16 << 20;

    public delegate AclUser MakeUser(string name);

    /// <summary>Reads the file. Blocks on the disk: never called inside a turn.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger than <see cref="BytesMax"/>.</exception>
    public static AclFile Read(IFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileOpenKind.Read);
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = file.Read(buffer, bytes.Length)) > 0)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > BytesMax)
            {
                throw new IOException($"{path} is larger than {BytesMax} bytes");
            }
        }

        return new AclFile(path, AclText.Of(bytes.ToArray()));
    }

    /// <summary>Makes users of the lines. Not null: what is wrong with them, of all lines.</summary>
    public string? Parse(MakeUser make, AclCatalog catalog, bool allChannels, out SortedDictionary<string, AclUser> users)
    {
        users = new SortedDictionary<string, AclUser>(StringComparer.Ordinal);
        var errors = new StringBuilder();
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim(' ', '\t', '\r');
            if (line.Length > 0)
            {
                ParseLine(line.Split(' '), number, make, catalog, allChannels, users, errors);
            }
        }

        return errors.Length == 0 ? null : AclText.ToUnicode(errors.ToString());
    }

    private void ParseLine(
        string[] words, int number, MakeUser make, AclCatalog catalog, bool allChannels, SortedDictionary<string, AclUser> users, StringBuilder errors)
    {
        if (words[0] != "user" || words.Length < 2)
        {
            errors.Append(path).Append(':').Append(number).Append(" should start with user keyword followed by the username. ");
            return;
        }

        string name = words[1];
        if (AclText.HasBlanks(name))
        {
            errors.Append('\'').Append(path).Append(':').Append(number).Append(": username '").Append(name).Append("' contains invalid characters. ");
            return;
        }

        AclUser user = make(name);
        if (!users.TryAdd(name, user))
        {
            errors.Append("WARNING: Duplicate user '").Append(name).Append("' found on line ").Append(number).Append(". ");
            return;
        }

        if (AclRules.MergeSelectors(words[2..], out List<string> rules) is not null)
        {
            errors.Append(path).Append(':').Append(number).Append(": Unmatched parenthesis in selector definition. ");
            return;
        }

        ApplyRules(user, rules, number, catalog, allChannels, errors);
        user.Seal();
    }

    private void ApplyRules(AclUser user, List<string> rules, int number, AclCatalog catalog, bool allChannels, StringBuilder errors)
    {
        bool told = false;
        foreach (string rule in rules)
        {
            if (AclRules.Apply(user, rule.Trim('\t', '\r'), catalog, allChannels) is not { } error)
            {
                continue;
            }

            if (AclRules.IsUnknownName(error))
            {
                errors.Append(path).Append(':').Append(number).Append(": Error in applying operation '").Append(rule).Append("': ").Append(error).Append(". ");
            }
            else if (!told)
            {
                // One of them, without the rule: it may be a password, and those behind it may only be wrong because of it.
                told = true;
                errors.Append(path).Append(':').Append(number).Append(": ").Append(error).Append(". ");
            }
        }
    }
}
