namespace RespKv.Engine.Configuration;

/// <summary>
/// Directives from environment variables: RESPKV_ and the directive's name in capitals with underscores, RESPKV_WAL_SEGMENT_SIZE.
/// The value stands there without quotes; several words are separated by blanks. An unknown name is an error, as in a file.
/// </summary>
internal static class ConfigEnvironment
{
    public const string Prefix = "RESPKV_";

    public static void Apply(ServerConfig config, IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach ((string variable, string value) in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (variable.StartsWith(Prefix, StringComparison.Ordinal) && !IsServiceLink(variable, value))
            {
                string name = variable[Prefix.Length..].ToLowerInvariant().Replace('_', '-');
                ConfigLoader.Apply(config, name, [value], ConfigOrigin.Environment(variable));
            }
        }
    }

    public static string VariableOf(string directive) => Prefix + directive.ToUpperInvariant().Replace('-', '_');

    /// <summary>
    /// Kubernetes and Docker describe a service called "respkv" to its neighbours in variables of their own:
    /// RESPKV_SERVICE_HOST, RESPKV_PORT=tcp://10.0.0.1:6380, RESPKV_PORT_6380_TCP_ADDR and so on. Those are not meant for us.
    /// </summary>
    private static bool IsServiceLink(string variable, string value) =>
        variable.StartsWith("RESPKV_SERVICE_", StringComparison.Ordinal)
        || (variable.StartsWith("RESPKV_PORT_", StringComparison.Ordinal) && char.IsAsciiDigit(variable.ElementAtOrDefault("RESPKV_PORT_".Length)))
        || (variable == "RESPKV_PORT" && value.Contains("://", StringComparison.Ordinal));
}
