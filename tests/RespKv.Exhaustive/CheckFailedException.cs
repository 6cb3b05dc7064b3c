namespace RespKv.Exhaustive;

/// <summary>The promise was broken.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
