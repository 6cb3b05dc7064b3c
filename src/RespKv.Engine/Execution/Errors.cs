namespace RespKv.Engine.Execution;

/// <summary>Redis's own error texts, where more than one command gives them.</summary>
internal static class Errors
{
    public const string WrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    public const string Syntax = "ERR syntax error";
    public const string NotInteger = "ERR value is not an integer or out of range";
    public const string NotFloat = "ERR value is not a valid float";
    public const string NoSuchKey = "ERR no such key";
    public const string OutOfRange = "ERR index out of range";
    public const string StringTooLong = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    public const string NoAuth = "NOAUTH Authentication required.";
    public const string Loading = "LOADING Redis is loading the dataset in memory";
    public const string DatabaseIndex = "ERR DB index is out of range";
    public const string InvalidDatabaseIndex = "ERR invalid DB index";
    public const string SameObject = "ERR source and destination objects are the same";

    public static string WrongArity(string command) => $"ERR wrong number of arguments for '{command}' command";

    public static string InvalidExpire(string command) => $"ERR invalid expire time in '{command}' command";
}
