using System.Net;

namespace RespKv.Engine.Configuration;

/// <summary>The addresses to listen on.</summary>
internal sealed class BindDirective(string name, Func<ServerConfig, IReadOnlyList<string>> get, Action<ServerConfig, IReadOnlyList<string>> set) : Directive(name)
{
    /// <summary>As in Redis; more than that is a mistake in a script.</summary>
    public const int AddressesMax = 16;

    public required IReadOnlyList<string> Default { get; init; }

    public override bool TakesMany => true;

    public override string Takes =>
        "up to 16 addresses: IPv4 or IPv6 literals, localhost, * (all IPv4) or ::* (all IPv6); a - in front makes one optional; \"\" means no TCP";

    public override string Get(ServerConfig config) => string.Join(' ', get(config));

    public override void Reset(ServerConfig config) => set(config, Default);

    public override string RewriteValue(ServerConfig config) => get(config).Count == 0 ? "\"\"" : Get(config);

    protected override string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        apply = null;
        if (words.Count > AddressesMax)
        {
            return "Too many bind addresses specified.";
        }

        foreach (string word in words)
        {
            string address = word.StartsWith('-') ? word[1..] : word;
            if (address is not ("*" or "::*" or "localhost") && !IsLiteral(address))
            {
                return $"'{word}' is not an address";
            }
        }

        string[] copy = [.. words];
        apply = () => set(config, copy);
        return null;
    }

    /// <summary>IPAddress also takes forms like "1" or "0x7f.1", which nobody means here.</summary>
    private static bool IsLiteral(string address) =>
        IPAddress.TryParse(address, out _) && (address.Contains(':') || address.Count(c => c == '.') == 3);
}
